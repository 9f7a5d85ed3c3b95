import type { Handle } from '../../db/database.js'
import { identifier, literal } from '../../db/quoting.js'
import type { DataTable } from './data-objects.js'

/** Where each row is that anybody has written since the capture began; the same place may come more than once. */
const TOUCHED = 'restore_touched'
const TRIGGERS = 'restore_touches_'

/** While a restore compares, these are in the file beside the data. They are no part of it. */
export const isOfCapture = (name: string): boolean => name === TOUCHED || name.startsWith(TRIGGERS)

/**
 * From the commit on, whoever writes to these tables, in whichever process, leaves word of where. What an
 * earlier run has left behind goes first.
 *
 * @returns what `isCaptureWhole` asks for
 */
export function installCapture(db: Handle, tables: readonly DataTable[]): number {
  removeCapture(db)
  const widest = Math.max(1, ...tables.map(({ place }) => place.length))
  const places = Array.from({ length: widest }, (_, n) => `place${n}`)
  db.exec(`CREATE TABLE main.${TOUCHED} (tableName TEXT NOT NULL, ${places.join(', ')})`)
  for (const [n, table] of tables.entries()) for (const sql of triggersOf(table, n)) db.exec(sql)
  return schemaVersionOf(db)
}

/** No key on `restore_touched`: a conflict clause of the writer's would decide what becomes of a second note. */
const triggersOf = ({ name, quoted, place }: DataTable, n: number): string[] =>
  (
    [
      ['INSERT', ['NEW']],
      ['DELETE', ['OLD']],
      ['UPDATE', ['OLD', 'NEW']],
    ] as const
  ).map(([event, rows]) => {
    const columns = ['tableName', ...place.map((_, at) => `place${at}`)]
    const values = rows.map(
      (row) => `(${[literal(name), ...place.map((one) => `${row}.${one}`)].join(', ')})`,
    )
    return `CREATE TRIGGER main.${TRIGGERS}${n}_${event.toLowerCase()} AFTER ${event} ON ${quoted}
      BEGIN INSERT INTO ${TOUCHED} (${columns.join(', ')}) VALUES ${values.join(', ')}; END`
  })

/** Every change to the schema, and every VACUUM, which may give rows other places, makes it another one. */
const schemaVersionOf = (db: Handle) => db.pragma('main.schema_version', { simple: true }) as number

/** Whether nothing that no trigger tells of can have happened, but for what an OR REPLACE deletes. */
export const isCaptureWhole = (db: Handle, schemaVersion: number): boolean =>
  schemaVersionOf(db) === schemaVersion

/** What was written since the capture began, in a temporary table, once each. @returns the tables in question */
export function takeTouched(db: Handle): ReadonlySet<string> {
  db.exec(`DROP TABLE IF EXISTS temp.touched;
    CREATE TABLE temp.touched AS SELECT DISTINCT * FROM main.${TOUCHED} ORDER BY tableName;
    CREATE INDEX temp.touched_tableName ON touched (tableName)`)
  return new Set(db.prepare('SELECT DISTINCT tableName FROM temp.touched').pluck().all() as string[])
}

/** SQL: the places of the table's rows that were taken. */
export const touchedPlaces = ({ name, place }: DataTable): string =>
  `SELECT ${place.map((_, n) => `place${n}`).join(', ')} FROM temp.touched WHERE tableName = ${literal(name)}`

export function removeCapture(db: Handle): void {
  const names = (type: 'trigger' | 'table') =>
    (db.prepare('SELECT name FROM main.sqlite_master WHERE type = ?').pluck().all(type) as string[]).filter(
      isOfCapture,
    )
  // The table last: without it every write would fail that a trigger is told of.
  for (const name of names('trigger')) db.exec(`DROP TRIGGER main.${identifier(name)}`)
  for (const name of names('table')) db.exec(`DROP TABLE main.${identifier(name)}`)
}

export const hasCapture = (db: Handle): boolean =>
  db.prepare('SELECT 1 FROM main.sqlite_master WHERE name = ?').get(TOUCHED) !== undefined
