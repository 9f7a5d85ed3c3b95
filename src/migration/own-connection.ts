import BetterSqlite3 from 'better-sqlite3'
import type { Kysely, Transaction } from 'kysely'
import { kyselyOver, WORKER_TIMEOUT_MS, type Handle } from '../db/database.js'
import { takeLock } from '../db/worker-lock.js'
import type { Run } from './run.js'

const CACHE_KIB = 262_144

interface OwnConnection {
  foreignKeys: 'ON' | 'OFF'
  /** What can be done on the same connection before anybody has to wait. */
  before?: (db: Handle) => Promise<void>
}

/** @param act may await nothing but `trx` */
type Act<Result> = (trx: Transaction<unknown>, db: Handle) => Promise<Result>

/**
 * One immediate transaction on a connection of its own, where foreign keys can be what they must be: inside
 * a transaction the pragma would do nothing, without a word.
 *
 * @returns also for how long others could not write
 */
export async function onOwnConnection<Result>(
  run: Run,
  { foreignKeys, before }: OwnConnection,
  act: Act<Result>,
): Promise<{ result: Result; heldMs: number }> {
  const db = new BetterSqlite3(run.path, { fileMustExist: true, timeout: WORKER_TIMEOUT_MS })
  db.pragma(`foreign_keys = ${foreignKeys}`)
  db.pragma('recursive_triggers = OFF')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  // What a statement would have to undo is kept for every page that it touches.
  db.pragma('temp_store = MEMORY')
  // With SQLite's own 2 MB, pages that are written once more are written to the WAL once more, while all wait.
  db.pragma(`cache_size = -${CACHE_KIB}`)
  let begunAt = 0
  const kysely: Kysely<unknown> = kyselyOver(db, async (handle) => {
    takeLock(handle)
    begunAt = performance.now()
  })
  try {
    await before?.(db)
    const result = await kysely.transaction().execute((trx) => {
      run.requireLease()
      return act(trx, db)
    })
    return { result, heldMs: Math.round(performance.now() - begunAt) }
  } finally {
    await kysely.destroy()
    // Kysely leaves alone what it has never used.
    db.close()
  }
}

export function requireForeignKeysOff(db: Handle): void {
  if (db.pragma('foreign_keys', { simple: true }) !== 0)
    throw new Error('Foreign keys are on: to drop a table would delete what refers to it.')
}
