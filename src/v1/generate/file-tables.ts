import { activeTables, legacyTables, sharedTables, type V1Table } from '../../../migrations/v1-tables.js'

export interface FileShape {
  /** `legacy`: the older generation of file, without milestones. */
  generation?: 'active' | 'legacy'
  /** Adds Prisma's own table. */
  prismaMigrations?: boolean
  /** Adds the column that newer files have. */
  responsibleParties?: boolean
  /** Columns other than the id take NULL, as in a file that Prisma did not make. */
  lenient?: boolean
}

/** The tables of a file of this shape, parents first. */
export function fileTables(shape: FileShape): V1Table[] {
  const { generation, prismaMigrations, responsibleParties, lenient } = shape
  const declared =
    generation === 'legacy'
      ? [...sharedTables.map(olderTable), ...legacyTables('')]
      : [
          ...sharedTables,
          ...activeTables.map(responsibleParties ? withOwners : same),
          ...legacyTables('_old'),
        ]
  const model = lenient === true ? declared.map(withoutNotNull) : declared
  return prismaMigrations ? [...model, prismaTable] : model
}

const same = (table: V1Table) => table

const withoutNotNull = (table: V1Table): V1Table => ({
  ...table,
  columns: table.columns.map(([column, declaration]) => [
    column,
    column === 'id' ? declaration : declaration.replace(' NOT NULL', ''),
  ]),
})

const laterColumns = ['supplierNumber', 'location', 'contacts']

const olderTable = (table: V1Table): V1Table => ({
  ...table,
  columns: table.columns.filter(([column]) => !laterColumns.includes(column)),
  uniques: table.uniques.filter((unique) => !unique.some((column) => laterColumns.includes(column))),
  indexes: [],
})

const withOwners = (table: V1Table): V1Table =>
  table.name === 'project_milestone_tasks'
    ? { ...table, columns: [...table.columns, ['responsibleParties', 'TEXT']] }
    : table

const prismaTable: V1Table = {
  name: '_prisma_migrations',
  columns: [
    ['id', 'TEXT PRIMARY KEY NOT NULL'],
    ['checksum', 'TEXT NOT NULL'],
    ['finished_at', 'DATETIME'],
    ['migration_name', 'TEXT NOT NULL'],
    ['logs', 'TEXT'],
    ['rolled_back_at', 'DATETIME'],
    ['started_at', 'DATETIME NOT NULL DEFAULT current_timestamp'],
    ['applied_steps_count', 'INTEGER UNSIGNED NOT NULL DEFAULT 0'],
  ],
  references: {},
  indexes: [],
  uniques: [],
}
