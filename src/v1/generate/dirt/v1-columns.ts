import { activeTables, legacyTables, sharedTables, type V1Table } from '../../../../migrations/v1-tables.js'
import type { Table } from './ground.js'

type NamedTable = V1Table & { name: Table }

/** Every table of v1 by the name that the newer generation has for it. */
export const tables = [...sharedTables, ...activeTables, ...legacyTables('_old')] as readonly NamedTable[]

export interface Column {
  table: Table
  column: string
  declaration: string
}

/** The columns of all tables that are declared as of one type. */
export const columnsDeclared = (type: string): Column[] =>
  tables.flatMap(({ name: table, columns }) =>
    columns
      .filter(([, declaration]) => declaration.startsWith(type))
      .map(([column, declaration]) => ({ table, column, declaration })),
  )
