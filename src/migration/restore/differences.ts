import type { Handle } from '../../db/database.js'
import type { RestoredTable } from '../report.js'
import type { DataTable } from './data-objects.js'

const SAMPLES = 20

export type Differences = Pick<RestoredTable, 'deleted' | 'inserted' | 'updated' | 'samples'>

/** SQL over two rows: whether any value is another, to the byte. SQLite itself takes 1 and 1.0 for equal. */
export const differ = (columns: readonly string[], one: string, other: string): string =>
  ['0', ...columns.map((column) => isOther(`${one}.${column}`, `${other}.${column}`))].join(' OR ')

const isOther = (one: string, other: string) =>
  `${one} COLLATE BINARY IS NOT ${other} OR typeof(${one}) IS NOT typeof(${other})`

/**
 * Notes, in temporary tables, the rows of a table that are not the same, at the same place, in the attached
 * `backup`, and counts them. By place the files are read in their order: by key every row is looked up.
 */
export function findDifferences(db: Handle, table: DataTable): Differences {
  note(db, 'ours', table, ['main', 'backup'])
  note(db, 'theirs', table, ['backup', 'main'])
  const both = table.key.map((_, n) => `ours.key${n} = theirs.key${n}`).join(' AND ')
  const inBoth = `EXISTS (SELECT 1 FROM theirs WHERE ${both})`
  const found = {
    deleted: `ours WHERE NOT ${inBoth}`,
    inserted: `theirs WHERE NOT EXISTS (SELECT 1 FROM ours WHERE ${both})`,
    updated: `ours WHERE ${inBoth}`,
  }
  return countEach(db, found, table.key.map((_, n) => `key${n}`).join(` || ' ' || `))
}

/** @param found for each kind, what follows FROM */
export function countEach(
  db: Handle,
  found: Record<keyof Differences['samples'], string>,
  key: string,
  ...values: unknown[]
): Differences {
  const count = (from: string) =>
    db
      .prepare(`SELECT count(*) FROM ${from}`)
      .pluck()
      .get(...values) as number
  const some = (from: string) =>
    db
      .prepare(`SELECT ${key} FROM ${from} LIMIT ${SAMPLES}`)
      .pluck()
      .all(...values)
  return {
    deleted: count(found.deleted),
    inserted: count(found.inserted),
    updated: count(found.updated),
    samples: {
      deleted: some(found.deleted),
      inserted: some(found.inserted),
      updated: some(found.updated),
    },
  }
}

function note(
  db: Handle,
  as: 'ours' | 'theirs',
  { quoted, columns, key, place }: DataTable,
  [here, there]: readonly [string, string],
): void {
  const noted = [
    ...key.map((column, n) => `h.${column} AS key${n}`),
    ...place.map((column, n) => `h.${column} AS place${n}`),
  ]
  const atPlace = place.map((column) => `t.${column} = h.${column}`).join(' AND ')
  db.exec(`DROP TABLE IF EXISTS temp.${as};
    CREATE TEMP TABLE ${as} AS SELECT ${noted.join(', ')} FROM ${here}.${quoted} h
      LEFT JOIN ${there}.${quoted} t ON ${atPlace}
      WHERE t.${String(place[0])} IS NULL OR ${differ(columns, 'h', 't')};
    CREATE INDEX temp.${as}_key ON ${as} (${key.map((_, n) => `key${n}`).join(', ')})`)
}

/** Makes the table what it is in the backup, by what was noted last. No trigger may stand on it. */
export function makeEqual(db: Handle, { quoted, columns, place }: DataTable): void {
  const places = place.map((_, n) => `place${n}`).join(', ')
  const those = (noted: string) => `(${place.join(', ')}) IN (SELECT ${places} FROM temp.${noted})`
  const all = [...new Set([...place, ...columns])].join(', ')
  db.exec(`DELETE FROM main.${quoted} WHERE ${those('ours')};
    INSERT INTO main.${quoted} (${all}) SELECT ${all} FROM backup.${quoted} WHERE ${those('theirs')}`)
}
