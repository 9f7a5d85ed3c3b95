import { applySchemaFiles, revertSchemaFiles } from '../../db/schema-files.js'
import { readCursor, writeCursor } from '../../migration/journal.js'
import type { Phase } from '../../migration/job.js'
import type { Run } from '../../migration/run.js'
import { readState, writeState } from '../../migration/state.js'
import { bringBackNames, withArchive } from './bring-back.js'
import type { MigrateOptions } from './options.js'
import { insertNameRules } from './section-name-rules.js'
import { insertStatusRules } from './status-rules.js'
import { v2SchemaFiles } from './schema-files.js'
import { dropSyncObjects, syncObjects } from './sync/objects.js'
import { mappingFor } from './v1-shape.js'

/**
 * Makes v2's tables, the views that say what v1's rows become, and the triggers that carry v1's writes
 * over: one transaction, all additive, v1's tables untouched. From its commit on no v1 write is missed.
 */
export const expand = (options: MigrateOptions): Phase => ({
  name: 'expand',
  async run(run) {
    if (readState(run.db).stage !== 'v1') {
      run.transaction(() => insertStatusRules(run.db, options.statusMap ?? {}))
      return
    }
    const { bringBack } = options
    if (bringBack === undefined) await make(run, options)
    else await withArchive(run, bringBack, () => make(run, options))
  },
  /** Only what this job made: a run that found v2 in place leaves it in place. */
  async undo(run) {
    if (readCursor(run.db, run.job.id, 'expand') === undefined) return
    await removeV2(run)
  },
})

const make = (run: Run, options: MigrateOptions): Promise<void> =>
  run.asyncTransaction(async (trx) => {
    await applySchemaFiles(trx, v2SchemaFiles)
    if (options.bringBack !== undefined) bringBackNames(run.db)
    insertNameRules(run.db, options)
    insertStatusRules(run.db, options.statusMap ?? {})
    // Some hundred statements: one after the other they would take twice as long, with v1's writers waiting.
    run.db.exec(syncObjects(mappingFor(run.db)).join(';\n'))
    writeState(run.db, { stage: 'expanded', inStep: false, checkedAt: null })
    writeCursor(run.db, run.job.id, 'expand', { lastId: '', rowsRead: 0, rowsWritten: 0, isDone: true })
  })

/** What was made of legacy assignments goes, but where somebody has used it since: then it is v1's own. */
const removeMadeAssignments = `DELETE FROM supplier_project_instances AS made
  WHERE id IN (SELECT id FROM made_assignments WHERE madeIn = 'v1') AND updatedAt IS createdAt
    AND NOT EXISTS (SELECT 1 FROM supplier_task_instances i WHERE i.supplierProjectInstanceId = made.id)`

/**
 * Takes v2's tables away with all that they hold; v1 goes on as it was.
 *
 * @param requireStill throws, in the same transaction, where they may not go any more
 */
export const removeV2 = (run: Run, requireStill: () => void = () => undefined): Promise<void> =>
  run.asyncTransaction(async (trx) => {
    requireStill()
    run.db.exec(dropSyncObjects(mappingFor(run.db)).join(';\n'))
    run.db.exec(removeMadeAssignments)
    await revertSchemaFiles(trx, v2SchemaFiles)
    run.db.prepare('DELETE FROM migration_cursors').run()
    writeState(run.db, {
      stage: 'v1',
      inStep: null,
      checkedAt: null,
      cutoverAt: null,
    })
  })
