import { isBusy, WORKER_TIMEOUT_MS, type Handle } from './database.js'

/** SQLite's own waiting sleeps ever longer, up to 100 ms: beside a busy program it hardly ever gets a turn. */
const LONGEST_NAP_MS = 2

/**
 * Begins an immediate transaction, and stops the thread until the lock is free: only for a worker or a
 * script.
 *
 * @throws SqliteError SQLITE_BUSY after ten seconds
 */
export function takeLock(handle: Handle): void {
  const giveUpAt = performance.now() + WORKER_TIMEOUT_MS
  handle.pragma('busy_timeout = 0')
  try {
    while (!triesToBegin(handle, giveUpAt)) nap(Math.random() * LONGEST_NAP_MS)
  } finally {
    handle.pragma(`busy_timeout = ${WORKER_TIMEOUT_MS}`)
  }
}

function triesToBegin(handle: Handle, giveUpAt: number): boolean {
  try {
    handle.exec('BEGIN IMMEDIATE')
    return true
  } catch (error) {
    if (isBusy(error) && performance.now() < giveUpAt) return false
    throw error
  }
}

/** Runs `act` in one immediate transaction; nothing is written when it throws. */
export function lockedTransaction<Result>(handle: Handle, act: () => Result): Result {
  takeLock(handle)
  try {
    const result = act()
    handle.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite may have rolled back by itself: a full disk does that.
    if (handle.inTransaction) handle.exec('ROLLBACK')
    throw error
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const nap = (ms: number) => void Atomics.wait(never, 0, 0, ms)
