import type { Handle } from '../../src/db/database.js'
import { statementCache } from '../../src/db/statement-cache.js'

/** What only tells of all that was ever done: it cannot be taken back, or is told apart by its job. */
const journal =
  /^(sqlite_|schema_files|change_history|audit_log|v1_usage|idempotency_keys|sync_guard|migration_(jobs|lease|cursors|events))/

const MOST_PASSES = 3

interface Table {
  name: string
  key: string
  columns: string
}

/**
 * Gives the tables of a file the rows that those of another have, row by row where they differ. The schema
 * stays, and with it every statement that the server has prepared: to compile the triggers takes longer
 * than all requests in between.
 *
 * @param handle has no foreign keys on
 */
export function createPutBack(handle: Handle, keptPath: string): () => void {
  handle.prepare('ATTACH ? AS kept').run(keptPath)
  const tables = tablesOf(handle)
  const prepare = statementCache(handle, { reads: 2 * tables.length, writes: 2 * tables.length + 2 })
  const onlyIn = (one: string, other: string, { name, columns }: Table) =>
    `SELECT ${columns} FROM ${one}.${name} EXCEPT SELECT ${columns} FROM ${other}.${name}`
  const differs = (sql: string) => prepare(sql).get() !== undefined

  /** @returns whether the table was another */
  const putBack = (table: Table): boolean => {
    const [made, lost] = [onlyIn('main', 'kept', table), onlyIn('kept', 'main', table)]
    const [hasMade, hasLost] = [differs(made), differs(lost)]
    const { name, key, columns } = table
    if (hasMade) prepare(`DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM (${made}))`).run()
    if (hasLost) prepare(`INSERT INTO ${name} (${columns}) ${lost}`).run()
    return hasMade || hasLost
  }

  const putAllBack = handle.transaction(() => {
    // The mirrors leave alone what is done under this row; both sides are put back.
    prepare(`INSERT INTO sync_guard VALUES ('job')`).run()
    // Some triggers heed no guard, and write down what they see.
    for (let pass = 1; tables.filter(putBack).length > 0; pass++)
      if (pass > MOST_PASSES) throw new Error('what is put back does not stay')
    prepare('DELETE FROM sync_guard').run()
  })
  return () => putAllBack.immediate()
}

function tablesOf(handle: Handle): Table[] {
  const names = handle
    .prepare(`SELECT name FROM kept.sqlite_master WHERE type = 'table'`)
    .pluck()
    .all() as string[]
  return names
    .filter((name) => !journal.test(name))
    .map((name) => {
      const columns = handle.prepare('SELECT name, pk FROM pragma_table_info(?)').all(name) as {
        name: string
        pk: number
      }[]
      const all = columns.map((column) => `"${column.name}"`)
      const key = all.filter((_, n) => (columns[n]?.pk ?? 0) > 0)
      return { name, key: (key.length > 0 ? key : all).join(), columns: all.join() }
    })
}
