import type { Handle } from '../../../db/database.js'
import { heldReason } from '../held-rows.js'
import { andNotSpared, keepsIds, viewName, type RowMapping } from '../mapping/row-mapping.js'
import { mirrorReasons, now } from './record-held.js'

/** More than this cannot be looked at while the lock is held: then a validation has to. */
export const MOST_TOUCHED_ROWS = 5_000

export const countTouched = (db: Handle): number =>
  db.prepare('SELECT count(*) FROM touched_rows').pluck().get() as number

/** From here on, what is written counts as not validated. Call when a validation begins. */
export function forgetTouched(db: Handle): void {
  db.prepare('DELETE FROM touched_rows').run()
}

/**
 * An OR REPLACE in v1 takes a row away that v2 has not, and no trigger tells of it. An id that is no text
 * does not find its row; whoever mends it tells of that.
 */
export function resolveReplaced(db: Handle, mappings: readonly RowMapping[]): void {
  for (const { name, source } of mappings.filter(keepsIds))
    db.exec(`INSERT INTO record_${name} SELECT q.rowId FROM migration_quarantine q
      WHERE q.mapping = '${name}' AND q.resolution IS NULL AND q.reason NOT IN ${mirrorReasons}
        AND q.reason <> 'wrong-type:id' AND NOT EXISTS (SELECT 1 FROM ${source} s WHERE s.id = q.rowId)`)
}

/**
 * Compares rows that were written since the last validation; those that differ go on record. In a transaction.
 *
 * @returns to compare the first so many of each mapping, and to forget them: SQLite has compiled that once then
 */
export function createComparison(db: Handle, mappings: readonly RowMapping[]): (most: number) => void {
  const steps = mappings.filter(keepsIds).flatMap((mapping) => {
    const touched = `SELECT rowId FROM touched_rows WHERE mapping = '${mapping.name}' ORDER BY rowId LIMIT @most`
    return [
      `INSERT INTO compare_${mapping.name} ${touched}`,
      `INSERT INTO migration_quarantine (mapping, rowId, source, reason, at)
      SELECT '${mapping.name}', u.id, '${mapping.source}', 'missing', ${now}
      FROM ${viewName(mapping)} u WHERE u.id IN (${touched}) AND ${heldReason(mapping)} IS NULL
        AND NOT EXISTS (SELECT 1 FROM ${mapping.target} t WHERE t.id = u.id ${andNotSpared(mapping, 't')}) ON CONFLICT DO NOTHING`,
      `DELETE FROM touched_rows WHERE mapping = '${mapping.name}' AND rowId IN (${touched})`,
    ].map((sql) => db.prepare(sql))
  })
  return (most) => {
    for (const step of steps) step.run({ most })
  }
}
