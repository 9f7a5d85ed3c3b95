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
import { setImmediate as nextTurn } from 'node:timers/promises'
import { statementCache } from './statement-cache.js'

/** How a transaction starts; `askedAt`, by performance.now(), is before the wait for those ahead of it here. */
export type Begin = (handle: BetterSqlite3.Database, askedAt: number) => Promise<void>

/**
 * Kysely over one better-sqlite3 handle, with a statement cache, and with `begin` left to the caller:
 * writers begin immediate and wait without blocking, which Kysely's own dialect does not do.
 *
 * The handle must have no other user: a raw write on it would join whatever transaction is open.
 */
export class SqliteHandleDialect implements Dialect {
  constructor(
    private readonly handle: BetterSqlite3.Database,
    private readonly begin: Begin,
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

/** For so long those who wait for a connection follow one another, before requests that do not need it have their turn. */
const TURN_MS = 10

class HandleDriver implements Driver {
  private readonly connection: HandleConnection
  private tail: Promise<void> = Promise.resolve()
  private release: () => void = () => undefined
  private askedAt = 0
  private users = 0
  private turnBeganAt = 0

  constructor(
    private readonly handle: BetterSqlite3.Database,
    private readonly begin: Begin,
  ) {
    this.connection = new HandleConnection(handle)
  }

  async init(): Promise<void> {
    // The handle is open already.
  }

  /** One connection, so one user at a time, first come first served. */
  async acquireConnection(): Promise<DatabaseConnection> {
    const askedAt = performance.now()
    const before = this.tail
    const isTaken = this.users++ > 0
    let release: () => void = () => undefined
    this.tail = new Promise((resolve) => (release = resolve))
    await before
    if (!isTaken) this.turnBeganAt = askedAt
    else await this.letOthersIn()
    this.release = release
    this.askedAt = askedAt
    return this.connection
  }

  /** Nothing that a user awaits lasts until the next turn of the event loop: all who wait would follow in this one. */
  private async letOthersIn(): Promise<void> {
    if (performance.now() - this.turnBeganAt < TURN_MS) return
    await nextTurn()
    this.turnBeganAt = performance.now()
  }

  async releaseConnection(): Promise<void> {
    this.users--
    this.release()
  }

  async beginTransaction(): Promise<void> {
    await this.begin(this.handle, this.askedAt)
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
  private readonly prepare: (sql: string) => BetterSqlite3.Statement

  constructor(private readonly handle: BetterSqlite3.Database) {
    this.prepare = statementCache(handle)
  }

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
}
