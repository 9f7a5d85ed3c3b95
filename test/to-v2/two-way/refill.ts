import type { Handle } from '../../../src/db/database.js'
import { statementCache } from '../../../src/db/statement-cache.js'
import { sqlConsole } from '../migrated.js'
import { MOST } from './preparing-once.js'

/** What tells of all that was ever done to a file: append-only, or told apart by its job. */
const journal =
  /^(sqlite_|schema_files|change_history|audit_log|v1_usage|idempotency_keys|migration_(jobs|lease|cursors|events))/

/** Written by triggers that heed no guard. */
const records = ['migration_quarantine', 'migration_lineage', 'touched_rows']

interface Source {
  path: string
  /** Which of its tables are meant; not given: all. */
  gives?: (table: string) => boolean
}

/**
 * Gives a file the rows of others, each table's from the first that has it. The schema stays as it is, and
 * with it every prepared statement: to compile the triggers takes longer than all else.
 */
export function createRefill(path: string, sources: readonly Source[]) {
  const handle = sqlConsole(path)
  const tables = tablesOf(handle, 'main').filter((table) => table !== 'sync_guard')
  const given = sources.flatMap((source, n) => {
    handle.prepare(`ATTACH ? AS source${n}`).run(source.path)
    return tablesOf(handle, `source${n}`)
      .filter((table) => source.gives?.(table) ?? true)
      .map((table) => [table, `source${n}.${table}`] as const)
  })
  const pairs = tables
    .toSorted((one, other) => records.indexOf(one) - records.indexOf(other))
    .map((table) => [table, sourceOf(table, given)] as const)
  const hasGuard = tablesOf(handle, 'main').includes('sync_guard')
  const prepare = statementCache(handle, MOST)
  const fill = handle.transaction(() => {
    if (hasGuard) prepare(`INSERT INTO sync_guard VALUES ('job')`).run()
    for (const table of tables.filter((one) => records.includes(one))) prepare(`DELETE FROM ${table}`).run()
    for (const [table, source] of pairs) {
      prepare(`DELETE FROM ${table}`).run()
      const columns = columnsOf(prepare, table)
      prepare(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${source}`).run()
    }
    if (hasGuard) prepare('DELETE FROM sync_guard').run()
    for (const [table, source] of pairs) requireSame(prepare, table, source)
  })
  return { fill: () => fill.immediate(), close: () => void handle.close() }
}

function sourceOf(table: string, given: readonly (readonly [string, string])[]): string {
  const [, source] = given.find(([name]) => name === table) ?? []
  if (source === undefined) throw new Error(`no file has the table ${table}`)
  return source
}

const tablesOf = (handle: Handle, schema: string): string[] =>
  (
    handle.prepare(`SELECT name FROM ${schema}.sqlite_master WHERE type = 'table'`).pluck().all() as string[]
  ).filter((table) => !journal.test(table))

/** Without those that are computed. */
const columnsOf = (prepare: ReturnType<typeof statementCache>, table: string): string =>
  (prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[])
    .map((column) => `"${column}"`)
    .join(', ')

function requireSame(prepare: ReturnType<typeof statementCache>, table: string, source: string): void {
  for (const [one, other] of [
    [table, source],
    [source, table],
  ])
    if (prepare(`SELECT * FROM ${one} EXCEPT SELECT * FROM ${other}`).get() !== undefined)
      throw new Error(`${table} does not have the rows of ${source}`)
}
