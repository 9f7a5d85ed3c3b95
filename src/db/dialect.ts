import type BetterSqlite3 from 'better-sqlite3'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely'

/** Keeps this many prepared statements a connection: preparing costs five times what a point read does. */
const CACHED_STATEMENTS = 500

/**
 * Kysely over one better-sqlite3 handle, with a statement cache, and with `begin` left to the caller:
 * writers begin immediate and wait without blocking, which Kysely's own dialect does not do.
 *
 * The handle must have no other user: a raw write on it would join whatever transaction is open.
 */
export class SqliteHandleDialect implements Dialect {
  constructor(
    private readonly handle: BetterSqlite3.Database,
    private readonly begin: (handle: BetterSqlite3.Database) => Promise<void>,
  ) {}
  createDriver(): Driver {
    return new HandleDriver(this.handle, this.begin)
  }
  createQueryCompiler() {
    return new SqliteQueryCompiler()
  }
  createAdapter() {
    return new SqliteAdapter()
  }
  createIntrospector(db: Kysely<unknown>) {
    return new SqliteIntrospector(db)
  }
}

class HandleDriver implements Driver {
  private readonly connection: HandleConnection
  private tail: Promise<void> = Promise.resolve()
  private release: () => void = () => undefined

  constructor(
    private readonly handle: BetterSqlite3.Database,
    private readonly begin: (handle: BetterSqlite3.Database) => Promise<void>,
  ) {
    this.connection = new HandleConnection(handle)
  }

  async init(): Promise<void> {
    // The handle is open already.
  }

  /** One connection, so one user at a time, first come first served. */
  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.tail
    let release: () => void = () => undefined
    this.tail = new Promise((resolve) => (release = resolve))
    await before
    this.release = release
    return this.connection
  }

  async releaseConnection(): Promise<void> {
    this.release()
  }

  async beginTransaction(): Promise<void> {
    await this.begin(this.handle)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  /** SQLite may have rolled back by itself (a full disk does that); then there is nothing left to undo. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.handle.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint "${name}"`))
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to "${name}"`))
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release "${name}"`))
  }

  async destroy(): Promise<void> {
    this.handle.close()
  }
}

class HandleConnection implements DatabaseConnection {
  private readonly statements = new Map<string, BetterSqlite3.Statement>()

  constructor(private readonly handle: BetterSqlite3.Database) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.prepare(query.sql)
    if (statement.reader) return { rows: statement.all(query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(query.parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // Not from the cache: a statement that is being stepped through cannot be run again meanwhile.
    for (const row of this.handle.prepare(query.sql).iterate(query.parameters)) yield { rows: [row as R] }
  }

  private prepare(sql: string): BetterSqlite3.Statement {
    const cached = this.statements.get(sql)
    if (cached !== undefined) return cached
    const statement = this.handle.prepare(sql)
    if (this.statements.size >= CACHED_STATEMENTS) this.statements.clear()
    this.statements.set(sql, statement)
    return statement
  }
}
