import type BetterSqlite3 from 'better-sqlite3'

/** How many prepared statements a connection keeps. */
interface Most {
  /** Preparing costs five times what a point read does. */
  reads: number
  /** With the triggers that it may set off, one that writes takes up to 5 MB, and 60 ms to prepare. */
  writes: number
}
const usual: Most = { reads: 500, writes: 50 }

/** Prepares each statement of the handle once, as long as it is among those used last. */
export function statementCache(
  handle: Pick<BetterSqlite3.Database, 'prepare'>,
  most = usual,
): (sql: string) => BetterSqlite3.Statement {
  const reads = new Map<string, BetterSqlite3.Statement>()
  const writes = new Map<string, BetterSqlite3.Statement>()
  const again = (statements: typeof reads, sql: string) => {
    const statement = statements.get(sql)
    if (statement === undefined) return undefined
    // A Map gives its keys in the order in which they came: this one is now the last to go.
    statements.delete(sql)
    statements.set(sql, statement)
    return statement
  }
  return (sql) => {
    const cached = again(reads, sql) ?? again(writes, sql)
    if (cached !== undefined) return cached
    const statement = handle.prepare(sql)
    const [statements, limit] = statement.readonly ? [reads, most.reads] : [writes, most.writes]
    for (const oldest of statements.keys()) {
      if (statements.size < limit) break
      statements.delete(oldest)
    }
    statements.set(sql, statement)
    return statement
  }
}
