import type { Handle } from '../../../db/database.js'
import { writeState } from '../../../migration/state.js'

/**
 * Lets `act` write to one side without the other side's triggers: what it writes is a mirror already.
 * Only inside a transaction, so that the guard row is never committed.
 */
export function underGuard<Result>(db: Handle, act: () => Result): Result {
  db.prepare(`INSERT INTO sync_guard VALUES ('job')`).run()
  const result = act()
  db.prepare('DELETE FROM sync_guard').run()
  return result
}

export const GUARD_LEAKED = 'A guard row was left behind, so that writes were not carried over.'

/**
 * A guard row that was committed keeps all triggers quiet: an UPDATE OR FAIL that failed half way leaves
 * one. It is taken away, and nothing that was known of the sync holds any more.
 *
 * @returns whether there was one. Call inside a transaction.
 */
export function closeLeak(db: Handle): boolean {
  if (db.prepare('DELETE FROM sync_guard').run().changes === 0) return false
  raiseAlarm(db, GUARD_LEAKED)
  return true
}

/** Puts on record that the sync was found broken; until a validation passes, nothing is cut over. */
export function raiseAlarm(db: Handle, what: string): void {
  // One instant: a cutover looks for alarms since the last check.
  const at = Date.now()
  db.prepare('INSERT INTO sync_alarms (at, what) VALUES (?, ?)').run(at, what)
  writeState(db, { inStep: false, checkedAt: at })
}
