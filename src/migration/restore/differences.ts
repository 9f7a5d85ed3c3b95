import type { Handle } from '../../db/database.js'
import type { RestoredTable } from '../report.js'
import type { DataTable } from './data-objects.js'

const SAMPLES = 20
const ROWS_A_CHUNK = 20_000

export type Differences = Pick<RestoredTable, 'deleted' | 'inserted' | 'updated' | 'samples'>

/** SQL over two rows: whether any value is another, to the byte. SQLite itself takes 1 and 1.0 for equal. */
export const differ = (columns: readonly string[], one: string, other: string): string =>
  ['0', ...columns.map((column) => isOther(`${one}.${column}`, `${other}.${column}`))].join(' OR ')

export const isOther = (one: string, other: string) =>
  `${one} COLLATE BINARY IS NOT ${other} OR typeof(${one}) IS NOT typeof(${other})`

/**
 * A table, and the temporary tables that note where its rows are not the same, at the same place, as in the
 * attached `backup`: `ours` has those that are to go, `theirs` those that are to come; a changed one is in both.
 */
export interface Comparison {
  table: DataTable
  ours: string
  theirs: string
}

/** @param n of the table, to tell the notes apart */
export function beginComparison(db: Handle, table: DataTable, n: number): Comparison {
  const noted = ['ours', 'theirs'].map((kind) => `temp.${kind}_${n}`)
  for (const name of noted)
    db.exec(`DROP TABLE IF EXISTS ${name};
      CREATE TABLE ${name} AS SELECT ${notedOf(table)} FROM backup.${table.quoted} h WHERE 0`)
  const [ours = '', theirs = ''] = noted
  return { table, ours, theirs }
}

/** Notes every row that differs, in one go. */
export function compareAll(db: Handle, table: DataTable, n: number): Comparison {
  const comparison = beginComparison(db, table, n)
  noteWithin(db, comparison, '1')
  return comparison
}

/**
 * The same in parts, each of which sees the file as it is at its time. What is written meanwhile has to be
 * noted again, by `revise`.
 *
 * @param rest called between the parts
 */
export async function compareInParts(
  db: Handle,
  comparison: Comparison,
  rest: () => Promise<void>,
): Promise<void> {
  for (const scope of partsOf(db, 'main', comparison.table)) {
    noteOurs(db, comparison, scope)
    await rest()
  }
  for (const scope of partsOf(db, 'backup', comparison.table)) {
    noteMissing(db, comparison, scope)
    await rest()
  }
  noteChanged(db, comparison, '1')
}

/**
 * SQL over a row `h`: which part of the table it is in. A table without rowids is one part. What is added
 * meanwhile is in none: whoever writes all the time would never let it end.
 */
function* partsOf(db: Handle, schema: string, { quoted, rowid }: DataTable): Generator<string> {
  if (rowid === undefined) {
    yield '1'
    return
  }
  const read = (sql: string) => db.prepare(sql).pluck().safeIntegers()
  const from = `FROM ${schema}.${quoted}`
  const last = read(`SELECT max(${rowid}) ${from}`).get() as bigint | null
  const next = read(`SELECT min(${rowid}) ${from} WHERE ${rowid} BETWEEN ? AND ?`)
  const nth = read(
    `SELECT ${rowid} ${from} WHERE ${rowid} BETWEEN ? AND ? ORDER BY ${rowid} LIMIT 1 OFFSET ${ROWS_A_CHUNK - 1}`,
  )
  let first = read(`SELECT min(${rowid}) ${from}`).get() as bigint | null
  while (first !== null && last !== null && first <= last) {
    const end = (nth.get(first, last) as bigint | undefined) ?? last
    yield `h.${rowid} BETWEEN ${first} AND ${end}`
    first = end >= last ? null : (next.get(end + 1n, last) as bigint | null)
  }
}

/** @param places SELECT of the places that were written since they were compared */
export function revise(db: Handle, comparison: Comparison, places: string): void {
  const { ours, theirs, table } = comparison
  const noted = table.place.map((_, n) => `place${n}`).join(', ')
  for (const name of [ours, theirs]) db.exec(`DELETE FROM ${name} WHERE (${noted}) IN (${places})`)
  noteWithin(db, comparison, `(${placeOf(table, 'h')}) IN (${places})`)
}

function noteWithin(db: Handle, comparison: Comparison, scope: string): void {
  noteOurs(db, comparison, scope)
  noteMissing(db, comparison, scope)
  noteChanged(db, comparison, scope)
}

const placeOf = ({ place }: DataTable, row: string) => place.map((column) => `${row}.${column}`).join(', ')

const notedOf = ({ key, place }: DataTable) =>
  [
    ...key.map((column, n) => `h.${column} AS key${n}`),
    ...place.map((column, n) => `h.${column} AS place${n}`),
  ].join(', ')

/** By place both files are read in their order: by key every row would be looked up. */
const besideOther = ({ quoted, place }: DataTable, [here, there]: readonly [string, string]) =>
  `${here}.${quoted} h LEFT JOIN ${there}.${quoted} t ON ${place.map((column) => `t.${column} = h.${column}`).join(' AND ')}`

const isAlone = ({ place }: DataTable) => `t.${String(place[0])} IS NULL`

const noteOurs = (db: Handle, { table, ours }: Comparison, scope: string) =>
  db.exec(`INSERT INTO ${ours} SELECT ${notedOf(table)} FROM ${besideOther(table, ['main', 'backup'])}
    WHERE ${scope} AND (${isAlone(table)} OR ${differ(table.columns, 'h', 't')})`)

const noteMissing = (db: Handle, { table, theirs }: Comparison, scope: string) =>
  db.exec(`INSERT INTO ${theirs} SELECT ${notedOf(table)} FROM ${besideOther(table, ['backup', 'main'])}
    WHERE ${scope} AND ${isAlone(table)}`)

const noteChanged = (db: Handle, comparison: Comparison, scope: string) =>
  db.exec(`INSERT INTO ${comparison.theirs} SELECT ${notedOf(comparison.table)} FROM backup.${comparison.table.quoted} h
    WHERE ${isNoted(comparison, 'ours', 'h')} AND ${scope}`)

/** SQL: whether the row is one of those that go, or come. */
export const isNoted = (comparison: Comparison, which: 'ours' | 'theirs', row: string): string =>
  `(${placeOf(comparison.table, row)}) IN (SELECT ${comparison.table.place.map((_, n) => `place${n}`).join(', ')} FROM ${comparison[which]})`

export const isEmpty = (db: Handle, noted: string): boolean =>
  db.prepare(`SELECT 1 FROM ${noted} LIMIT 1`).get() === undefined

export const hasDifferences = (db: Handle, { ours, theirs }: Comparison): boolean =>
  !isEmpty(db, ours) || !isEmpty(db, theirs)

/** What was noted, by key: a row that is at another place has only been moved. */
export function countDifferences(db: Handle, { table, ours, theirs }: Comparison): Differences {
  const keys = table.key.map((_, n) => `key${n}`)
  for (const name of [ours, theirs])
    db.exec(`CREATE INDEX IF NOT EXISTS ${name}_key ON ${bare(name)} (${keys.join(', ')})`)
  const both = keys.map((key) => `o.${key} = t.${key}`).join(' AND ')
  const inBoth = `EXISTS (SELECT 1 FROM ${theirs} t WHERE ${both})`
  const found = {
    deleted: `${ours} o WHERE NOT ${inBoth}`,
    inserted: `${theirs} t WHERE NOT EXISTS (SELECT 1 FROM ${ours} o WHERE ${both})`,
    updated: `${ours} o WHERE ${inBoth}`,
  }
  return countEach(db, found, keys.join(` || ' ' || `))
}

const bare = (name: string) => name.replace('temp.', '')

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
