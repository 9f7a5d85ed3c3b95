import { sql, type Transaction } from 'kysely'
import * as v1Tables from '../../migrations/v1-tables.js'

const shared = ['suppliers', 'projects', 'task_types']
const active = [
  'milestones',
  'tasks',
  'project_milestone_tasks',
  'supplier_project_instances',
  'supplier_task_instances',
]
const olderGeneration = ['supplier_projects', 'task_templates', 'task_instances']

type Tables = ReadonlyMap<string, readonly string[]>

const missing = (tables: Tables, names: readonly string[]) => names.filter((name) => !tables.has(name))

/** Why a SQLite file is no v1 database; undefined where it is one, of either generation. */
export function whyNotV1(tables: Tables): string | undefined {
  const lacksShared = missing(tables, shared)
  if (lacksShared.length > 0) return `it lacks the tables ${lacksShared.join(', ')} of v1`
  const lacksActive = missing(tables, active)
  if (lacksActive.length === 0) return whyNoColumns(tables)
  const lacksOlder = missing(tables, olderGeneration)
  return lacksOlder.length === 0
    ? whyNoColumns(tables)
    : `it lacks the tables ${lacksActive.join(', ')} of v1, and ${lacksOlder.join(', ')} of its older generation`
}

/** Tables of the same names with other columns are somebody else's. */
function whyNoColumns(tables: Tables): string | undefined {
  for (const { name, columns } of [...v1Tables.sharedTables, ...v1Tables.activeTables]) {
    const lacks = columns
      .filter(
        ([column, declaration]) =>
          !v1Tables.isNullable(declaration) && tables.get(name)?.includes(column) === false,
      )
      .map(([column]) => column)
    if (lacks.length > 0) return `its table ${name} lacks the columns ${lacks.join(', ')}`
  }
  return undefined
}

/** Adds tables and nullable columns that the older generation lacks: the old application goes on working. */
export async function completeV1(trx: Transaction<unknown>): Promise<void> {
  for (const table of [...v1Tables.sharedTables, ...v1Tables.activeTables]) {
    const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table.name})`.execute(
      trx,
    )
    const statements =
      rows.length === 0
        ? v1Tables.createStatements(table)
        : addColumns(table, new Set(rows.map(({ name }) => name)))
    for (const statement of statements) await sql.raw(statement).execute(trx)
  }
}

const addColumns = (table: v1Tables.V1Table, present: ReadonlySet<string>) =>
  table.columns
    .filter(([column, declaration]) => !present.has(column) && v1Tables.isNullable(declaration))
    .map(([column, declaration]) => `ALTER TABLE "${table.name}" ADD COLUMN "${column}" ${declaration}`)
