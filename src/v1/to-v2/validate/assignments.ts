import type { Handle } from '../../../db/database.js'
import type { TableResult } from '../../../migration/report.js'
import { heldAssignments, heldViewName } from '../held-rows.js'

/** Both versions read assignments where they stand: one is equal, or in quarantine for lack of a parent. */
export function tallyAssignments(db: Handle): TableResult {
  const { rows, quarantined } = db
    .prepare(`SELECT count(*) AS rows, count(reason) AS quarantined FROM ${heldViewName(heldAssignments)}`)
    .get() as { rows: number; quarantined: number }
  const { source } = heldAssignments
  return {
    source,
    target: source,
    sourceRows: rows,
    targetRows: rows,
    equal: rows - quarantined,
    byRule: 0,
    quarantined,
    mismatched: 0,
  }
}
