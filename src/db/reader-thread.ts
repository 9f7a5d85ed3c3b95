import BetterSqlite3 from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { Worker } from 'node:worker_threads'
import { readsBusy } from '../kernel/problem.js'
import type { Asked, ReaderThreadInput, Told } from './reader-thread-entry.js'

/** Readers only meet a lock while a WAL is being recovered. */
const BUSY_TIMEOUT_MS = 250
const CLOSE_MS = 3_000

export interface ReaderThread {
  connection: DatabaseConnection
  /** Whether it takes another query: one that took too long has been given up with its thread. */
  isUsable(): boolean
  ended: Promise<void>
  close(): Promise<void>
}

export interface ReaderThreadOptions {
  limitMs: number
  /** Whether other threads go first where there are not processors for all. */
  yields: boolean
}

/** A thread with a read-only connection. A query of it is refused with `reads-busy` after `limitMs`. */
export function startReaderThread(path: string, { limitMs, yields }: ReaderThreadOptions): ReaderThread {
  const input: ReaderThreadInput = { path, timeoutMs: BUSY_TIMEOUT_MS, yields }
  const worker = new Worker(new URL('./reader-thread-entry.js', import.meta.url), { workerData: input })
  let isUsable = true
  let settle: (told: Told | Error) => void = () => undefined
  worker.on('message', (told: Told) => settle(told))
  worker.on('error', (cause) => settle(new Error('A thread that reads the database has failed.', { cause })))
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const hasEnded = () => new Error('A thread that reads the database has ended.')
  void ended.then(() => {
    isUsable = false
    settle(hasEnded())
  })
  // An idle thread must not keep the process from ending.
  worker.unref()

  const ask = (asked: NonNullable<Asked>) =>
    new Promise<Told>((resolve, reject) => {
      // Nobody would answer.
      if (!isUsable) {
        reject(hasEnded())
        return
      }
      // SQLite cannot be interrupted from outside: the thread is gone once its query is over.
      const timer = setTimeout(() => {
        isUsable = false
        void worker.terminate()
        settle(readsBusy())
      }, limitMs)
      settle = (told) => {
        clearTimeout(timer)
        settle = () => undefined
        worker.unref()
        if (told instanceof Error) reject(told)
        else resolve(told)
      }
      worker.ref()
      worker.postMessage(asked)
    })

  return {
    connection: {
      executeQuery: async <R>({ sql, parameters }: CompiledQuery) =>
        rowsOf<R>(await ask({ sql, parameters })),
      streamQuery() {
        throw new Error('A reader thread does not stream.')
      },
    },
    isUsable: () => isUsable,
    ended,
    async close() {
      worker.ref()
      worker.postMessage(undefined satisfies Asked)
      const timer = setTimeout(() => void worker.terminate(), CLOSE_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

function rowsOf<R>(told: Told): QueryResult<R> {
  if ('rows' in told) return { rows: told.rows as R[] }
  throw told.code === undefined
    ? new Error(told.message)
    : new BetterSqlite3.SqliteError(told.message, told.code)
}
