import { apiGroups, groupOutOfOrder, type GroupVersions } from '../../kernel/api-groups.js'
import { allGroupsOn } from '../../kernel/api-groups.js'
import { invalidInput } from '../../kernel/problem.js'
import type { Phase } from '../../migration/job.js'
import { JobFailure } from '../../migration/run.js'
import { readState, writeState, type MigrationState } from '../../migration/state.js'
import { driftOfSync } from './sync-integrity.js'

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

/** Gate and flip in one short transaction: what the gate saw is what the flip finds. */
export const cutover = (groups: Partial<GroupVersions>): Phase => ({
  name: 'cutover',
  async run(run) {
    run.transaction(() => {
      const state = readState(run.db)
      requireOrder(groups, state)
      const next = { ...state.groups, ...groups }
      const closed = gate(run.db, state, next)
      if (closed.length > 0) throw new JobFailure({ code: 'gate-closed', detail: closed.join(' ') })
      const isComplete = apiGroups.every((group) => next[group] === 'v2')
      writeState(run.db, {
        groups: next,
        stage: isComplete ? 'cutover' : 'migrated',
        cutoverAt: isComplete ? (state.cutoverAt ?? Date.now()) : null,
      })
    })
  },
})

/** Every reason why clients may not be sent to v2 now. Back to v1 they may always be sent. */
function gate(db: Parameters<typeof readState>[0], state: MigrationState, next: GroupVersions): string[] {
  const movesForward = apiGroups.some((group) => state.groups[group] === 'v1' && next[group] === 'v2')
  if (!movesForward) return []
  const leaks = db.prepare('SELECT count(*) FROM sync_guard').pluck().get() as number
  const quarantined = db.prepare('SELECT count(*) FROM migration_quarantine').pluck().get() as number
  return [
    ...(state.inStep === true ? [] : ['The last validation did not pass: run validate.']),
    ...(leaks === 0 ? [] : ['A guard row was left behind, so writes may have been missed: run validate.']),
    ...(quarantined === 0 ? [] : [`${quarantined} rows of v1 do not fit into v2.`]),
    ...driftOfSync(db).map((drift) => `${drift}.`),
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
