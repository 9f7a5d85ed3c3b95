import {
  activeTables,
  isNullable,
  legacyTables,
  sharedTables,
  type V1Table,
} from '../../../../migrations/v1-tables.js'
import type { Handle } from '../../../db/database.js'
import { legacySuffixOf } from '../../legacy/legacy-tables.js'

/** A table of v1, as far as the file at hand has its columns. */
export interface FileTable extends V1Table {
  kind: 'shared' | 'active' | 'legacy'
  /** Both versions read it where it stands: an assignment belongs to the active model, and to v2 as well. */
  isInBoth: boolean
}

/** The column that newer files have and older ones lack. */
export const laterColumns: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  project_milestone_tasks: [['responsibleParties', 'TEXT']],
}

/** Every table that v1 wants of this file, parents first, whether or not it is there. */
export function wantedTables(db: Handle): FileTable[] {
  const names = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[]
  const suffix = legacySuffixOf(names)
  const kinds: [FileTable['kind'], readonly V1Table[]][] = [
    ['shared', sharedTables],
    ['active', activeTables],
    ['legacy', suffix === undefined ? [] : legacyTables(suffix)],
  ]
  return kinds.flatMap(([kind, tables]) =>
    tables.map((table) => ({
      ...table,
      kind,
      isInBoth: kind === 'shared' || table.name === 'supplier_project_instances',
    })),
  )
}

/** The same, with the columns that the file has. */
export const presentTables = (db: Handle): FileTable[] =>
  wantedTables(db).flatMap((table) => {
    const present = new Set(columnNames(db, table.name))
    const known = [...table.columns, ...(laterColumns[table.name] ?? [])]
    const columns = known.filter(([column]) => present.has(column))
    return columns.length === 0 ? [] : [{ ...table, columns }]
  })

const columnNames = (db: Handle, table: string) =>
  db.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(table) as string[]

/** Columns by what they hold. A declaration is the only thing that says so in the file. */
export const columnsOfType = ({ columns }: V1Table, type: string): { name: string; isOptional: boolean }[] =>
  columns
    .filter(([, declaration]) => declaration.startsWith(type))
    .map(([name, declaration]) => ({ name, isOptional: isNullable(declaration) }))
