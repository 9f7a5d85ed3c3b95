import { sql } from 'kysely'
import * as syncTables from '../../../migrations/sync-tables.js'
import * as v2Tables from '../../../migrations/v2-tables.js'
import type { Handle } from '../../db/database.js'
import { applySchemaFiles, revertSchemaFiles } from '../../db/schema-files.js'
import { readCursor, writeCursor } from '../../migration/journal.js'
import type { Phase } from '../../migration/job.js'
import type { Run } from '../../migration/run.js'
import { readState, writeState } from '../../migration/state.js'
import type { MigrateOptions } from './options.js'
import { insertNameRules } from './section-name-rules.js'
import { upTriggers } from './triggers.js'
import { mappingFor } from './v1-shape.js'
import { createViews, dropViews } from './views.js'

const schemaFiles = [syncTables, v2Tables]

/**
 * Makes v2's tables, the views that say what v1's rows become, and the triggers that carry v1's writes
 * over: one transaction, all additive, v1's tables untouched. From its commit on no v1 write is missed.
 */
export const expand = (options: MigrateOptions): Phase => ({
  name: 'expand',
  async run(run) {
    if (readState(run.db).stage !== 'v1') return
    await run.asyncTransaction(async (trx) => {
      await applySchemaFiles(trx, schemaFiles)
      insertNameRules(run.db, options)
      const mappings = mappingFor(run.db)
      for (const statement of createViews(mappings, 'main')) await sql.raw(statement).execute(trx)
      for (const trigger of upTriggers(mappings)) await sql.raw(trigger.sql).execute(trx)
      writeState(run.db, { stage: 'expanded', inStep: false, checkedAt: null })
      writeCursor(run.db, run.job.id, 'expand', { lastId: '', rowsRead: 0, rowsWritten: 0, isDone: true })
    })
  },
  /** Only what this job made: a run that found v2 in place leaves it in place. */
  async undo(run) {
    if (readCursor(run.db, run.job.id, 'expand') === undefined) return
    await removeV2(run)
  },
})

/** Takes v2's tables away with all that they hold; v1 goes on as it was. */
export const removeV2 = (run: Run): Promise<void> =>
  run.asyncTransaction(async (trx) => {
    dropTriggers(run.db)
    for (const statement of dropViews(mappingFor(run.db))) await sql.raw(statement).execute(trx)
    await revertSchemaFiles(trx, schemaFiles)
    run.db.prepare('DELETE FROM migration_cursors').run()
    writeState(run.db, {
      stage: 'v1',
      inStep: null,
      checkedAt: null,
      cutoverAt: null,
    })
  })

/** Before the tables: a trigger left on a dropped table fails every later write. */
function dropTriggers(db: Handle): void {
  const triggers = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'up_*'`)
    .pluck()
  for (const name of triggers.all() as string[]) db.exec(`DROP TRIGGER "${name}"`)
}
