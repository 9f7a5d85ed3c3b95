import BetterSqlite3 from 'better-sqlite3'
import { Kysely, type CompiledQuery, type Transaction } from 'kysely'
import { databaseBusy } from '../kernel/problem.js'
import { SqliteHandleDialect, type Begin } from './dialect.js'
import { openReaderPool } from './reader-pool.js'
import { sharedFlag, type SharedFlag } from './shared-flag.js'
import { addSqlFunctions } from './sql-functions.js'
import { openWalSync, type WalSync } from './wal-sync.js'
import { WaitingWriters } from './waiting-writers.js'
import { asWriter, type Writer } from './write-context.js'

/** SQLite before 3.51.3 can corrupt a WAL file when two connections write and checkpoint at once. */
const OLDEST_SAFE_SQLITE = '3.51.3'

/** A write waits this long for other writers, then is refused as busy. */
const BUSY_LIMIT_MS = 5_000

/** How long a commit may wait for a device; readers only meet a lock while a WAL is being recovered. */
const READER_TIMEOUT_MS = 250

/** A list that finds little looks at every row: a second one must not wait for it. */
const LIST_THREADS = 2
/** Most take some milliseconds: as many have their turn before who comes last has waited for too long. */
const MOST_WAITING_LISTS = 500
/** One at a time: two would take as long together, and the processors are needed for the others' requests. */
const SNAPSHOT_THREADS = 1
/** Until the lists that are read now have ended: while none is, a WAL that is too long begins anew. */
const LIST_HOLD_MS = 50

/**
 * One SQLite file as a process uses it: one writer, one read-only reader, each with a handle of its own,
 * so that no read waits for a write, and threads for reads that may take long. All speak Kysely; `Schema`
 * names the tables that the caller knows.
 */
export interface Database<Schema> {
  readonly path: string
  /** For reads that meet few rows, known by their keys: they run between two requests. */
  readonly reader: Kysely<Schema>
  /** For lists, which may look at many rows to find some. In threads of their own. */
  readonly lists: Kysely<Schema>
  /** For `readInThread`. */
  readonly snapshots: Kysely<Schema>
  readonly writer: Kysely<Schema>
  /** Raised while a write of this process waits for the lock, so that a migration can let it pass. */
  readonly waiting: WaitingWriters
  /** Before a write is acknowledged. */
  readonly walSync: WalSync
  /** Raised by whoever checkpoints while readers of old states keep the WAL from beginning anew. */
  readonly walIsLong: SharedFlag
  /** Whom the history names for what is written through this object; nobody for what has no history. */
  readonly signature?: Writer
  close(): Promise<void>
}

/** Opens an existing SQLite file in WAL mode. */
export function openDatabase<Schema>(path: string): Database<Schema> {
  const waiting = WaitingWriters.create()
  const walIsLong = sharedFlag()
  let longReads = 0
  const writer = openWriterHandle(path)
  const reader = openReaderHandle(path)
  const walSync = openWalSync(`${fileOf(writer)}-wal`)
  const database = {
    path,
    waiting,
    walIsLong,
    walSync,
    writer: kyselyOver<Schema>(writer, (handle, askedAt) => beginImmediate(handle, waiting, askedAt)),
    reader: kyselyOver<Schema>(reader, async (handle) => void handle.exec('begin')),
    lists: openReaderPool<Schema>({
      path,
      threads: LIST_THREADS,
      mostWaiting: MOST_WAITING_LISTS,
      // While a long read goes on, it would not help.
      heldBack: () => walIsLong.isRaised() && longReads === 0,
      longestHoldMs: LIST_HOLD_MS,
    }),
    snapshots: openReaderPool<Schema>({
      path,
      threads: SNAPSHOT_THREADS,
      heldBack: () => walIsLong.isRaised(),
      yields: true,
      onReads: (change) => (longReads += change),
    }),
    close: async () => {
      await Promise.all([database.lists.destroy(), database.snapshots.destroy()])
      await database.reader.destroy()
      await database.writer.destroy()
      await walSync.close()
      // Kysely leaves alone what it has never used; the last handle to go puts the WAL into the file.
      reader.close()
      writer.close()
    },
  }
  return database
}

/** Where SQLite says it is: its WAL stands beside the file itself, not beside a link to it. */
const fileOf = (handle: Handle) => (handle.pragma('database_list') as { file: string }[])[0]?.file ?? ''

/**
 * A handle that writes. It never waits synchronously, neither for the lock nor for the disk: that would stop the
 * event loop, and with it every request. What it commits is acknowledged by `write` alone, once it is on the disk.
 */
export function openWriterHandle(path: string): Handle {
  const handle = new BetterSqlite3(path, { fileMustExist: true, timeout: BUSY_LIMIT_MS })
  requireSafeSqlite(handle)
  // The one wait that blocks: leaving DELETE mode needs the file for itself, and nothing is served yet.
  handle.pragma('journal_mode = WAL')
  // A handle that has not looked at the WAL does not take it away when it is the last to close.
  handle.prepare('SELECT 1 FROM sqlite_master').get()
  handle.pragma('busy_timeout = 0')
  handle.pragma('synchronous = NORMAL')
  handle.pragma('foreign_keys = ON')
  // Triggers must act alike whoever compiled SQLite: the default differs from build to build.
  handle.pragma('recursive_triggers = OFF')
  handle.pragma(UNDO_IN_MEMORY)
  handle.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
  return handle
}

/**
 * What a statement would have to undo is kept for every page that it touches, and each trigger has tables of
 * its own for a moment: in files they cost half of a write, and a third of a bulk copy.
 */
const UNDO_IN_MEMORY = 'temp_store = MEMORY'
const WRITER_CACHE_KIB = 16 * 1024

/** A worker may wait for the lock: nobody is served by its thread. */
export const WORKER_TIMEOUT_MS = 10_000
const WORKER_CACHE_KIB = 64 * 1024

/** A raw connection. Its calls are synchronous: one belongs in a worker or a script, never beside a server. */
export type Handle = BetterSqlite3.Database

/**
 * A handle for work in bulk, in a thread of its own. It acknowledges nothing to anyone, so that a chunk
 * may be lost to a power failure: the cursor is lost with it. It checkpoints by hand, between chunks.
 */
export function openWorkerHandle(path: string): Handle {
  const handle = new BetterSqlite3(path, { fileMustExist: true, timeout: WORKER_TIMEOUT_MS })
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = NORMAL')
  handle.pragma('foreign_keys = ON')
  handle.pragma('recursive_triggers = OFF')
  handle.pragma('wal_autocheckpoint = 0')
  handle.pragma(UNDO_IN_MEMORY)
  handle.pragma(`cache_size = -${WORKER_CACHE_KIB}`)
  return handle
}

/** A handle that cannot write, for queries that must not wait for a writer. */
export function openReaderHandle(path: string): Handle {
  return addSqlFunctions(
    new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: READER_TIMEOUT_MS }),
  )
}

/** Kysely on a handle that nobody else uses; `begin` says how its transactions start. */
export function kyselyOver<Schema>(
  handle: Handle,
  begin: Begin,
  onQuery?: (query: CompiledQuery) => void,
): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new SqliteHandleDialect(handle, begin),
    ...(onQuery === undefined ? {} : { log: (event) => onQuery(event.query) }),
  })
}

/** The same transaction under the names of another schema: one file holds both. Type-level only. */
export const underSchema = <To, From>(trx: Transaction<From>): Transaction<To> =>
  trx as unknown as Transaction<To>

/**
 * Runs `act` in one immediate write transaction and commits it; nothing is written when it throws.
 * Nothing but the database may be awaited inside: every other write waits meanwhile.
 *
 * Resolves when the commit survives a power loss, as with `synchronous=FULL`.
 *
 * @throws Problem `database-busy` after five seconds behind another program's lock
 */
export async function write<Schema, Result>(
  db: Database<Schema>,
  act: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  const { signature } = db
  const signed = signature === undefined ? act : (trx: Transaction<Schema>) => asWriter(trx, signature, act)
  db.waiting.ask()
  const result = await db.writer
    .transaction()
    .execute(signed)
    .finally(() => {
      db.waiting.end()
    })
  await db.walSync.reach()
  return result
}

/** Runs `act` on one snapshot of the database. */
export function readSnapshot<Schema, Result>(
  db: Database<Schema>,
  act: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.reader.transaction().execute(act)
}

/**
 * The same in a thread of its own, for what counts or compares whole tables.
 *
 * @throws Problem `reads-busy`
 */
export function readInThread<Schema, Result>(
  db: Database<Schema>,
  act: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.snapshots.transaction().execute(act)
}

/** Writes of this process wait for each other first: all of that time counts. */
async function beginImmediate(handle: Handle, waiting: WaitingWriters, askedAt: number): Promise<void> {
  if (triesToBegin(handle)) return
  const giveUpAt = askedAt + BUSY_LIMIT_MS
  await waiting.whileWaiting(async () => {
    do {
      if (performance.now() >= giveUpAt) throw databaseBusy()
      // Jitter, so that two processes that met once do not meet for ever.
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 4))
    } while (!triesToBegin(handle))
  })
}

function triesToBegin(handle: Handle): boolean {
  try {
    handle.exec('begin immediate')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}

/** What SQLite said, where the error is SQLite's: `code` is like `SQLITE_CONSTRAINT_UNIQUE`. */
export const asSqliteError = (error: unknown): { code: string; message: string } | undefined =>
  error instanceof BetterSqlite3.SqliteError ? { code: error.code, message: error.message } : undefined

export const isDiskFull = (error: unknown): boolean => asSqliteError(error)?.code === 'SQLITE_FULL'

/** The device has taken no more, or is ill. */
export const isWriteRefused = (error: unknown): boolean =>
  isDiskFull(error) || (asSqliteError(error)?.code.startsWith('SQLITE_IOERR') ?? false)

export const isBusy = (error: unknown): boolean =>
  asSqliteError(error)?.code.startsWith('SQLITE_BUSY') ?? false

function requireSafeSqlite(handle: Handle): void {
  const version = handle.prepare('select sqlite_version()').pluck().get() as string
  const [have, need] = [version, OLDEST_SAFE_SQLITE].map((text) => text.split('.').map(Number))
  const differs = need?.findIndex((part, index) => part !== have?.[index]) ?? -1
  if (differs >= 0 && (have?.[differs] ?? 0) < (need?.[differs] ?? 0))
    throw new Error(
      `SQLite ${version} is too old: ${OLDEST_SAFE_SQLITE} mends a defect that corrupts WAL files.`,
    )
}
