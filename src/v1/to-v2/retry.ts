import type { Phase } from '../../migration/job.js'
import { recordLeftBehind } from './left-behind.js'
import { keepsIds, viewName } from './mapping/row-mapping.js'
import type { RetryOptions } from './options.js'
import { insertStatusRules } from './status-rules.js'
import { underGuard } from './sync/guard.js'
import { mappingFor } from './v1-shape.js'

/** What statuses become from now on that had no rule. */
export const addStatusRules = ({ statusMap = {} }: RetryOptions): Phase => ({
  name: 'expand',
  async run(run) {
    run.transaction(() => insertStatusRules(run.db, statusMap))
  },
})

/**
 * Brings over every row in quarantine that fits by now, parents first. The sync does so the moment that a
 * row is mended: here are those of which it could not know, as a status that has a rule only now.
 */
export const retryQuarantine: Phase = {
  name: 'backfill',
  async run(run) {
    for (const mapping of mappingFor(run.db).filter(keepsIds)) {
      run.transaction(() =>
        underGuard(run.db, () => {
          run.db
            .exec(`INSERT INTO write_${mapping.name} SELECT DISTINCT ${mapping.scope.keys.map((key) => `u.${key}`).join(', ')}
            FROM migration_quarantine q JOIN ${viewName(mapping)} u ON u.id = q.rowId
            WHERE q.mapping = '${mapping.name}' AND q.resolution IS NULL AND u.misfit IS NULL`)
        }),
      )
      await run.rest()
    }
    await recordLeftBehind(run)
  },
}
