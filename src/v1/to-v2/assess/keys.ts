import type { Handle } from '../../../db/database.js'
import { literal } from '../../../db/quoting.js'
import type { RowKind } from './catalogue.js'
import type { FileTable } from './file-tables.js'
import type { RowClass } from './row-class.js'

interface UniqueIndex {
  name: string
  columns: string[]
  isPartial: boolean
}

export function uniqueIndexes(db: Handle, table: string): UniqueIndex[] {
  const indexes = db
    .prepare(`SELECT name, partial FROM pragma_index_list(${literal(table)}) WHERE "unique" = 1`)
    .all() as { name: string; partial: number }[]
  // An expression has no name.
  const columns = db.prepare(`SELECT coalesce(name, '') FROM pragma_index_info(?)`).pluck()
  return indexes.map(({ name, partial }) => ({
    name,
    columns: columns.all(name) as string[],
    isPartial: partial === 1,
  }))
}

/** The unique keys that v1 has on a table and this file has not. */
export const missingKeys = (db: Handle, { name, uniques }: FileTable): (readonly string[])[] => {
  const present = uniqueIndexes(db, name).filter(({ isPartial }) => !isPartial)
  return [['id'], ...uniques].filter(
    (key) =>
      !present.some(
        ({ columns }) => columns.length === key.length && key.every((one) => columns.includes(one)),
      ),
  )
}

/** Without its unique index a table can hold one key twice, of which v2 takes one row. */
export const duplicateKeys = (db: Handle, table: FileTable, alias: string): RowClass<RowKind>[] =>
  table.kind === 'shared'
    ? []
    : missingKeys(db, table).map((key) => ({
        column: key.join(', '),
        when: `${alias}.id IN (SELECT id FROM (
          SELECT id, count(*) OVER (PARTITION BY ${key.join(', ')}) AS copies FROM "${table.name}") WHERE copies > 1)`,
        cases: [{ kind: 'duplicate-key' }],
      }))
