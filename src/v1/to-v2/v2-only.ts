import type { Handle } from '../../db/database.js'
import type { AddFiles } from '../../migration/backup/make-backup.js'
import { createRowHash } from '../../migration/backup/row-hash.js'
import { addTableFiles } from '../../migration/backup/table-files.js'
import { linesOf, readTables, type BackedTable } from '../../migration/backup/table-lines.js'
import type { Issue } from '../../migration/report.js'
import { isOfLegacyModel } from './mapping/legacy-names.js'
import type { RowMapping } from './mapping/row-mapping.js'
import { mappingFor } from './v1-shape.js'

const SAMPLES = 20

/** Columns of a v2 table that v1 has no place for. */
interface V2OnlyColumns {
  table: string
  columns: readonly string[]
  /** SQL that is true of a row with such a value in the column. */
  isIn: (column: string) => string
}

/** How v2 calls what v1 calls otherwise, and what it has attached without a template: wholly v2's. */
const wholeTables = ['section_forms', 'task_forms', 'attached_task_types', 'set_aside_instances']

/** As the mapping says; a table that several mappings fill is there once. */
export function v2OnlyColumns(mappings: readonly RowMapping[]): V2OnlyColumns[] {
  return [...new Set(mappings.map(({ target }) => target))].flatMap((table) => {
    const fillers = mappings.filter(({ target }) => target === table)
    const columns = [...new Set(fillers.flatMap(columnsOfV2))]
    const isIn = (column: string) => {
      // Another mapping's rows can have in v1 what those of the legacy tables cannot.
      const whose = fillers.filter((mapping) => columnsOfV2(mapping).includes(column))
      const isTheirs = whose.map(({ name, owns }) => (isOfLegacyModel(name) ? (owns?.(table) ?? '1') : '1'))
      return `${column} IS NOT NULL AND (${isTheirs.includes('1') ? '1' : isTheirs.join(' OR ')})`
    }
    return columns.length === 0 ? [] : [{ table, columns, isIn }]
  })
}

const columnsOfV2 = ({ columns }: RowMapping): string[] =>
  Object.entries(columns).flatMap(([column, { keeper, sql }]) =>
    keeper === 'v2' && sql === 'NULL' ? [column] : [],
  )

/** The rows that have any of it, as a backup writes them. */
function archivedTables(db: Handle): BackedTable[] {
  const tables = new Map(readTables(db).map((table) => [table.name, table]))
  const known = (name: string) => tables.get(name) ?? []
  return [
    ...v2OnlyColumns(mappingFor(db)).flatMap(({ table, columns, isIn }) =>
      [known(table)].flat().map((found) => ({
        ...found,
        columns: ['id', ...columns],
        where: columns.map((column) => `(${isIn(column)})`).join(' OR '),
      })),
    ),
    ...wholeTables.flatMap(known),
  ]
}

/** What v1 cannot hold, with counts: nobody goes back for good without having seen it. */
export const listV2Only = (db: Handle, backupId: string): Issue[] =>
  [
    ...v2OnlyColumns(mappingFor(db)).flatMap(({ table, columns, isIn }) =>
      columns.map((column) => ({
        ...found(db, table, 'id', isIn(column)),
        column,
        resolution: `archived in the backup ${backupId}; migrate with "bringBack" brings it back`,
      })),
    ),
    ...wholeTables.map((table) => ({
      ...found(db, table, table === 'attached_task_types' ? `projectId || ' ' || taskTypeId` : 'id', '1'),
      resolution: `archived in the backup ${backupId}; migrate with "bringBack" brings it back`,
    })),
    {
      ...found(db, 'change_history', 'id', '1'),
      resolution: `archived in the backup ${backupId}, and not brought back`,
    },
    {
      ...found(db, 'migration_quarantine', 'rowId', 'resolution IS NULL'),
      resolution: `the rows are in v1; why v2 did not hold them is in the backup ${backupId}`,
    },
  ].filter(({ count }) => count > 0)

function found(db: Handle, table: string, id: string, where: string) {
  const count = db.prepare(`SELECT count(*) FROM ${table} WHERE ${where}`).pluck().get() as number
  const samples = db.prepare(`SELECT ${id} FROM ${table} WHERE ${where} LIMIT ${SAMPLES}`).pluck().all()
  return { code: 'v2-only', severity: 'noted' as const, table, count, samples }
}

/** For a backup: what only v2 can hold, as CSV and as JSON. */
export const addV2Only: AddFiles = (copy, add) => {
  for (const table of archivedTables(copy)) addTableFiles(copy, 'v2-only', table, add)
}

/** Tells one state of all of it from another. */
export const hashV2Only = (db: Handle): string =>
  archivedTables(db)
    .map((table) => {
      const hash = createRowHash()
      for (const line of linesOf(db, table)) hash.add(line)
      return hash.digest()
    })
    .join()
