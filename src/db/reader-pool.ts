import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Driver,
} from 'kysely'
import { readsBusy } from '../kernel/problem.js'
import { startReaderThread, type ReaderThread } from './reader-thread.js'

export interface ReaderPoolOptions {
  path: string
  /** So many reads at a time; others wait for their turn. */
  threads: number
  /** How long a read may wait for its turn, and how long a query may take then. */
  limitMs?: number
  /** More are refused at once: they would only wait to be refused later. */
  mostWaiting?: number
  /** A read does not begin while this holds, for `longestHoldMs` at most. */
  heldBack?: () => boolean
  longestHoldMs?: number
  /** Whether these reads let other threads have the processor first. */
  yields?: boolean
  /** Told by how much the number of reads in progress changes. */
  onReads?: (change: 1 | -1) => void
}

const defaults = {
  limitMs: 15_000,
  mostWaiting: 50,
  heldBack: () => false,
  longestHoldMs: 1_000,
  yields: false,
  onReads: () => undefined,
}
const HOLD_POLL_MS = 5

/**
 * Kysely over threads that read the file, started when they are needed: for reads that may look at very
 * many rows, while this thread goes on serving.
 *
 * @throws Problem `reads-busy` from its queries, when too many wait or one takes too long
 */
export function openReaderPool<Schema>(options: ReaderPoolOptions): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createDriver: () => createDriver({ ...defaults, ...options }),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    },
  })
}

function createDriver(options: Required<ReaderPoolOptions>): Driver {
  const pool = createPool(options)
  const run = async (connection: DatabaseConnection, statement: string) => {
    await connection.executeQuery(CompiledQuery.raw(statement))
  }
  return {
    init: async () => undefined,
    acquireConnection: async () => (await pool.acquire()).connection,
    releaseConnection: async (connection) => pool.release(connection),
    beginTransaction: (connection) => run(connection, 'begin'),
    commitTransaction: (connection) => run(connection, 'commit'),
    rollbackTransaction: async (connection) =>
      pool.find(connection)?.isUsable() === true ? run(connection, 'rollback') : undefined,
    destroy: () => pool.close(),
  }
}

/** A read that waits. */
interface Turn {
  come: () => void
  refuse: () => void
}

function createPool(options: Required<ReaderPoolOptions>) {
  const { path, threads: most, limitMs, mostWaiting, heldBack, longestHoldMs, yields, onReads } = options
  const threads = new Map<DatabaseConnection, ReaderThread>()
  const idle: ReaderThread[] = []
  const waiting: Turn[] = []
  let isClosed = false
  const callNext = () => waiting.shift()?.come()

  const start = () => {
    const thread = startReaderThread(path, { limitMs, yields })
    threads.set(thread.connection, thread)
    // One that was given up counts until then: its query still has the processor.
    void thread.ended.then(() => {
      threads.delete(thread.connection)
      callNext()
    })
    return thread
  }
  const turn = (ms: number) =>
    new Promise<void>((resolve, reject) => {
      const refuse = () => {
        clearTimeout(timer)
        reject(readsBusy())
      }
      const come = () => {
        clearTimeout(timer)
        resolve()
      }
      const mine = { come, refuse }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(mine), 1)
        refuse()
      }, ms)
      waiting.push(mine)
    })
  /** A thread that is started once the others are being closed would be nobody's. */
  const takeIdle = () => {
    if (isClosed) throw readsBusy()
    while (idle.length > 0) {
      const thread = idle.pop()
      if (thread?.isUsable() === true) return thread
    }
    return threads.size < most ? start() : undefined
  }

  return {
    async acquire(): Promise<ReaderThread> {
      const giveUpAt = performance.now() + limitMs
      for (;;) {
        const thread = takeIdle()
        if (thread !== undefined) {
          await untilNot(heldBack, longestHoldMs)
          onReads(1)
          return thread
        }
        if (waiting.length >= mostWaiting) throw readsBusy()
        await turn(giveUpAt - performance.now())
      }
    },
    release(connection: DatabaseConnection): void {
      onReads(-1)
      const thread = threads.get(connection)
      if (thread?.isUsable() !== true) return
      idle.push(thread)
      callNext()
    },
    find: (connection: DatabaseConnection) => threads.get(connection),
    async close(): Promise<void> {
      isClosed = true
      for (const one of waiting.splice(0)) one.refuse()
      await Promise.all([...threads.values()].map((thread) => thread.close()))
    },
  }
}

async function untilNot(heldBack: () => boolean, longestMs: number): Promise<void> {
  const until = performance.now() + longestMs
  while (heldBack() && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, HOLD_POLL_MS))
}
