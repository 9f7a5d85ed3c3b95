import type { Handle } from '../../db/database.js'
import type { Phase } from '../../migration/job.js'
import type { Run } from '../../migration/run.js'
import { restoreHistory } from './history-triggers.js'
import { downMappingOf } from './mapping/down-mapping.js'
import { andNotSpared, keepsIds, keptColumns, viewName, type RowMapping } from './mapping/row-mapping.js'
import { closeLeak, underGuard } from './sync/guard.js'
import { driftOfSync, dropStoredSync, syncObjects } from './sync/objects.js'
import { WHOLE_ROW } from './sync/down-procedures.js'
import { callStep } from './sync/up-procedures.js'
import { mappingFor } from './v1-shape.js'
import { overWindows, type Within } from './validate/snapshot.js'

/** Which side is right where both differ: that one, or the one whose row has the later `updatedAt`. */
export type Keep = 'v1' | 'v2' | 'newer'

const SAMPLES = 20

/** Makes every view and trigger of the sync, and of the history, anew where one is missing or altered. */
export const restoreSync: Phase = {
  name: 'expand',
  async run(run) {
    run.transaction(() => {
      closeLeak(run.db)
      restoreHistory(run.db)
      if (driftOfSync(run.db).length === 0) return
      for (const statement of [...dropStoredSync(run.db), ...syncObjects(mappingFor(run.db))])
        run.db.exec(statement)
    })
  },
}

/**
 * Looks at every row of both schemas and makes those equal that are not: each is written over by the side
 * that is kept. A row that only one side has is kept, unless the other side is the one that is right.
 */
export const mendRows = (keep: Keep): Phase => ({
  name: 'backfill',
  async run(run) {
    run.db.exec('CREATE TEMP TABLE IF NOT EXISTS to_mend (id TEXT PRIMARY KEY, isFromV1 INTEGER NOT NULL)')
    for (const mapping of mappingFor(run.db)) {
      const mended: Mended = { count: 0, samples: [] }
      for (const { look, window } of overWindows(
        run.db,
        // Ids that only v2 has lie between two of v1's, or after the last: the windows over v1's ids cover them.
        keepsIds(mapping) ? mapping.source : undefined,
        (within) => run.db.prepare(`INSERT INTO to_mend ${differing(mapping, keep, within)}`),
      )) {
        run.transaction(() =>
          underGuard(run.db, () => {
            run.db.exec('DELETE FROM to_mend')
            look.run(window)
            mend(run.db, mapping, mended)
          }),
        )
        await run.rest()
      }
      report(run, mapping, keep, mended)
    }
    run.transaction(() => compareRecorded(run.db))
  },
})

interface Mended {
  count: number
  samples: unknown[]
}

/** Makes those of `to_mend` equal. */
function mend(db: Handle, mapping: RowMapping, mended: Mended): void {
  const ids = db.prepare('SELECT id FROM to_mend ORDER BY id').pluck().all()
  mended.count += ids.length
  mended.samples.push(...ids.slice(0, SAMPLES - mended.samples.length))
  if (ids.length === 0 && keepsIds(mapping)) return
  if (downMappingOf(mapping) !== undefined)
    run(db, `INSERT INTO mirror_${mapping.name} SELECT id, ${WHOLE_ROW} FROM to_mend WHERE NOT isFromV1`)
  for (const step of ['park', 'write', 'remove', 'trace'] as const)
    for (const statement of callStep(step, mapping, scopesOf(mapping))) run(db, statement)
}

const run = (db: Handle, statement: string): void => void db.prepare(statement).run()

/** Ids of rows that differ, or that one side lacks, and whether v1 is right. */
function differing(mapping: RowMapping, keep: Keep, within: Within): string {
  const { target } = mapping
  const isFromV1 =
    keep === 'newer' ? 'coalesce(u.updatedAt >= t.updatedAt, 1)' : keep === 'v1' ? '1' : 't.id IS NULL'
  const differs = ['0', ...keptColumns(mapping).map((column) => `t.${column} IS NOT u.${column}`)]
  const changed = `SELECT u.id, ${isFromV1} FROM ${viewName(mapping)} u LEFT JOIN ${target} t ON t.id = u.id
    WHERE ${within('u.id')} AND u.misfit IS NULL AND (t.id IS NULL OR ${differs.join(' OR ')})`
  if (!keepsIds(mapping)) return changed
  return `${changed} UNION ALL SELECT t.id, ${keep === 'v1' ? 1 : 0} FROM ${target} t
    WHERE ${within('t.id')} AND NOT EXISTS (SELECT 1 FROM ${mapping.source} s WHERE s.id = t.id)
      AND ${isOwn(mapping)} ${andNotSpared(mapping, 't')}`
}

/** A task of v2 without a row in v1 is a twin, or v1 lacks it. */
const isOwn = ({ target, owns }: RowMapping) =>
  target === 'v2_tasks' ? 'NOT EXISTS (SELECT 1 FROM twins w WHERE w.id = t.id)' : (owns?.('t') ?? '1')

/** What the procedures look at: the rows that v1 is right about, and all that follow from several rows. */
function scopesOf(mapping: RowMapping): string {
  const { target, scope, name } = mapping
  const those = keepsIds(mapping) ? 'WHERE id IN (SELECT id FROM to_mend WHERE isFromV1)' : ''
  return `SELECT ${scope.keys.join(', ')} FROM up_${name} ${those}
    UNION SELECT ${(scope.presentKeys ?? scope.keys).join(', ')} FROM ${target} ${those}`
}

/** What is on record as different is looked at again. */
function compareRecorded(db: Handle): void {
  for (const mapping of mappingFor(db).filter(keepsIds))
    db.exec(`INSERT INTO compare_${mapping.name} SELECT rowId FROM migration_quarantine
      WHERE mapping = '${mapping.name}' AND reason IN ('unmirrored', 'missing')`)
}

function report({ findings }: Run, mapping: RowMapping, keep: Keep, { count, samples }: Mended): void {
  if (count === 0) return
  findings.issues.push({
    code: 'mended',
    severity: 'resolved',
    table: mapping.source,
    count,
    samples,
    resolution: keep === 'newer' ? 'The side that was written last was kept.' : `What ${keep} had was kept.`,
  })
}
