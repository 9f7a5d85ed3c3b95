import type { Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import { isNoted, isOther, type Comparison } from './differences.js'

/**
 * Makes the table what it is in the backup, by what was noted. No trigger may stand on it.
 *
 * A row is changed where it stands, and in no index that it need not be, unless it has another key: then what
 * it is to have may be another row's at that moment. A statement that fails ends the transaction: so that SQLite
 * need not keep every page as it was before the statement, OR FAIL.
 *
 * @returns by how many rows the table has grown, as SQLite counted them
 */
export function makeEqual(db: Handle, comparison: Comparison): number {
  const { quoted, columns, place } = comparison.table
  const changed = changedColumns(db, comparison)
  const mayStay = changed.length > 0 && !uniqueColumns(db, comparison).some((one) => changed.includes(one))
  const inBoth = (row: string) =>
    `${isNoted(comparison, 'ours', row)} AND ${isNoted(comparison, 'theirs', row)}`
  const unlessStays = (row: string) => (mayStay ? `AND NOT (${inBoth(row)})` : '')
  const all = [...new Set([...place, ...columns])].join(', ')
  const run = (sql: string) => db.prepare(sql).run().changes
  const deleted = run(
    `DELETE FROM main.${quoted} AS m WHERE ${isNoted(comparison, 'ours', 'm')} ${unlessStays('m')}`,
  )
  if (mayStay)
    run(`UPDATE OR FAIL main.${quoted} AS m SET ${changed.map((column) => `${column} = b.${column}`).join(', ')}
      FROM backup.${quoted} b WHERE ${samePlace(comparison, 'b', 'm')} AND ${inBoth('m')}`)
  const inserted = run(`INSERT OR FAIL INTO main.${quoted} (${all}) SELECT ${all} FROM backup.${quoted} AS b
    WHERE ${isNoted(comparison, 'theirs', 'b')} ${unlessStays('b')}`)
  return inserted - deleted
}

const samePlace = ({ table: { place } }: Comparison, one: string, other: string) =>
  place.map((column) => `${one}.${column} = ${other}.${column}`).join(' AND ')

/** Those of which any row has another value at the same place. */
function changedColumns(db: Handle, comparison: Comparison): string[] {
  const { quoted, columns } = comparison.table
  const any = columns.map((column) => `max(${isOther(`m.${column}`, `b.${column}`)})`)
  const found = db
    .prepare(
      `SELECT ${any.join(', ')} FROM main.${quoted} m JOIN backup.${quoted} b ON ${samePlace(comparison, 'b', 'm')}
       WHERE ${isNoted(comparison, 'ours', 'm')}`,
    )
    .raw()
    .get() as unknown[]
  return columns.filter((_, n) => found[n] === 1)
}

/** Those that no two rows may have the same of; all of them where an expression must not be the same. */
function uniqueColumns(db: Handle, { table: { name, columns, key, place } }: Comparison): readonly string[] {
  const indexed = db
    .prepare(
      `SELECT i.name FROM pragma_index_list(?, 'main') l JOIN pragma_index_info(l.name, 'main') i WHERE l."unique"`,
    )
    .pluck()
    .all(name) as (string | null)[]
  return indexed.includes(null)
    ? columns
    : [...key, ...place, ...indexed.flatMap((column) => (column === null ? [] : identifier(column)))]
}
