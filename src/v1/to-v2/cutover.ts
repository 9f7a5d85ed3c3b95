import { apiGroups, groupOutOfOrder, type GroupVersions } from '../../kernel/api-groups.js'
import { allGroupsOn } from '../../kernel/api-groups.js'
import { invalidInput } from '../../kernel/problem.js'
import type { Handle } from '../../db/database.js'
import type { Phase } from '../../migration/job.js'
import { hasPassed } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import { readState, writeState, type MigrationState } from '../../migration/state.js'
import { closeLeak } from './sync/guard.js'
import { driftOfSync } from './sync/objects.js'
import { mirrorReasons } from './sync/record-held.js'
import { countTouched, createComparison, MOST_TOUCHED_ROWS, resolveReplaced } from './sync/touched-rows.js'
import { mappingFor } from './v1-shape.js'

/** @throws Problem `invalid-input` when a group would be on v2 before one that comes first */
export function requireOrder(groups: Partial<GroupVersions>, state: MigrationState): void {
  const early = groupOutOfOrder({ ...state.groups, ...groups })
  if (early !== undefined)
    throw invalidInput([
      {
        path: `/options/groups/${early}`,
        message: `may be on v2 only when every group before it is: the order is ${apiGroups.join(', ')}`,
      },
    ])
}

interface CutoverWith {
  groups: Partial<GroupVersions>
  /** How many rows in quarantine the operator goes on without: the number, so that he has looked. */
  acceptQuarantined?: number
}

/** Gate and flip in one short transaction: what the gate saw is what the flip finds. */
export const cutover = ({ groups, acceptQuarantined = 0 }: CutoverWith): Phase => ({
  name: 'cutover',
  async run(run) {
    // On its own: what a closed gate throws would take it back.
    run.transaction(() => closeLeak(run.db))
    if (isInStep(run.db)) await compareInTurns(run)
    run.transaction(() => {
      const state = readState(run.db)
      requireOrder(groups, state)
      const next = { ...state.groups, ...groups }
      const closed = gate(run.db, { state, next, acceptQuarantined })
      if (closed.length > 0) throw new JobFailure({ code: 'gate-closed', detail: closed.join(' ') })
      const isComplete = apiGroups.every((group) => next[group] === 'v2')
      writeState(run.db, {
        groups: next,
        stage: isComplete ? 'cutover' : 'migrated',
        cutoverAt: isComplete ? (state.cutoverAt ?? run.now()) : null,
      })
    })
  },
})

/**
 * All groups to v2 at the end of a migration. What did not pass its validation is not cut over, and ends
 * the job by itself.
 */
export const cutoverOfValidated = (acceptQuarantined?: number): Phase => {
  const all = cutover({
    groups: allGroupsOn('v2'),
    ...(acceptQuarantined === undefined ? {} : { acceptQuarantined }),
  })
  return {
    ...all,
    keepsWhatIsDone: true,
    run: async (run) => (hasPassed(run.findings) ? all.run(run) : undefined),
  }
}

const isInStep = (db: Handle) => readState(db).inStep === true && driftOfSync(db).length === 0

/** Of each mapping at once: some hundredths of a second under the lock. */
const ROWS_IN_TURN = 500

/**
 * A large file is written to all the while that it is validated, by clients for whom nobody may stop the time: what they
 * wrote is compared in short transactions, until there is little left for the one that flips.
 */
async function compareInTurns(run: Run): Promise<void> {
  const compare = createComparison(run.db, mappingFor(run.db))
  let touched = countTouched(run.db)
  while (touched > ROWS_IN_TURN) {
    const before = touched
    run.transaction(() => compare(ROWS_IN_TURN))
    await run.rest()
    touched = countTouched(run.db)
    if (touched >= before) return
  }
}

interface Gate {
  state: MigrationState
  next: GroupVersions
  acceptQuarantined: number
}

/** Every reason why clients may not be sent to v2 now. Back to v1 they may always be sent. */
function gate(db: Handle, { state, next, acceptQuarantined }: Gate): string[] {
  const movesForward = apiGroups.some((group) => state.groups[group] === 'v1' && next[group] === 'v2')
  if (!movesForward) return []
  const drift = driftOfSync(db)
  return [
    ...(state.inStep === true ? [] : ['The last validation did not pass: run validate, or repair.']),
    ...alarmsSince(db, state.checkedAt),
    ...(drift.length > 0
      ? [...drift.map((one) => `${one}.`), 'Run repair.']
      : lookAtTouched(db, acceptQuarantined)),
  ]
}

const alarmsSince = (db: Handle, checkedAt: number | null) =>
  db
    .prepare('SELECT what FROM sync_alarms WHERE at >= ?')
    .pluck()
    .all(checkedAt ?? 0) as string[]

/** Writes since the last validation, and what did not fit. */
function lookAtTouched(db: Handle, acceptQuarantined: number): string[] {
  const touched = countTouched(db)
  if (touched > MOST_TOUCHED_ROWS)
    return [`${touched} rows were written since the last validation: run validate again.`]
  resolveReplaced(db, mappingFor(db))
  createComparison(db, mappingFor(db))(MOST_TOUCHED_ROWS)
  const { unmirrored, held } = db
    .prepare(
      `SELECT count(*) FILTER (WHERE reason IN ${mirrorReasons}) AS unmirrored,
         count(*) FILTER (WHERE reason NOT IN ${mirrorReasons}) AS held
       FROM migration_quarantine WHERE resolution IS NULL`,
    )
    .get() as { unmirrored: number; held: number }
  return [
    ...(unmirrored === 0 ? [] : [`${unmirrored} rows are not equal in both schemas: run repair.`]),
    ...(held === 0 || held === acceptQuarantined
      ? []
      : [
          `${held} rows are in quarantine, so that v2 lacks them: mend them, or say "acceptQuarantined": ${held}.`,
        ]),
  ]
}

/** All groups back to v1. Both schemas stay in step, so nothing is lost either way. */
export const rollbackApi: Phase = {
  name: 'rollback',
  async run(run) {
    run.transaction(() => {
      writeState(run.db, { groups: allGroupsOn('v1'), stage: 'migrated', cutoverAt: null })
    })
  },
}
