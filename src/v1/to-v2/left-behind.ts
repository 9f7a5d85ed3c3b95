import type { Run } from '../../migration/run.js'
import { allHeld, heldOf, type HeldRows } from './held-rows.js'
import { andNotSpared, keepsIds, type RowMapping } from './mapping/row-mapping.js'
import { underGuard } from './sync/guard.js'
import { mappingFor } from './v1-shape.js'
import { overWindows, type Within } from './validate/snapshot.js'

/**
 * Looks at every row that v2 does not have, and at every row in quarantine: what does not fit is on record
 * with this run, and what has been mended is not any more.
 */
export async function recordLeftBehind(run: Run): Promise<void> {
  const mappings = mappingFor(run.db)
  for (const held of allHeld(mappings)) {
    const mapping = mappings.find(({ name }) => name === held.name)
    run.transaction(() => underGuard(run.db, () => lookAgain(run, held, mapping)))
    await run.rest()
  }
  for (const mapping of mappings) await recordMissing(run, mapping)
  run.transaction(() => {
    run.db.prepare('UPDATE migration_quarantine SET jobId = ? WHERE resolution IS NULL').run(run.job.id)
  })
}

/** An id that is no text is on record as text; only then is the whole table looked through for it. */
function lookAgain(run: Run, { name, source }: HeldRows, mapping: RowMapping | undefined): void {
  const record = (ids: string) => run.db.prepare(`INSERT INTO record_${name} ${ids}`).run()
  record(`SELECT coalesce(
      (SELECT s.id FROM ${source} s WHERE s.id = q.rowId),
      (SELECT s.id FROM ${source} s WHERE CAST(s.id AS TEXT) = q.rowId), q.rowId)
    FROM migration_quarantine q WHERE q.mapping = '${name}' AND q.resolution IS NULL`)
  if (mapping === undefined || !keepsIds(mapping))
    record(`SELECT id FROM held_${name} WHERE reason IS NOT NULL`)
}

async function recordMissing(run: Run, mapping: RowMapping): Promise<void> {
  const held = heldOf(mapping)
  if (held === undefined || !keepsIds(mapping)) return
  const isMissing = `FROM ${held.source} s WHERE NOT EXISTS (
    SELECT 1 FROM ${mapping.target} t WHERE t.id = s.id ${andNotSpared(mapping, 't')})`
  const prepare = (within: Within) =>
    run.db.prepare(`INSERT INTO record_${held.name} SELECT s.id ${isMissing} AND ${within('s.id')}`)
  run.transaction(() =>
    underGuard(run.db, () => {
      // The windows begin after the empty id.
      prepare((id) => `(${id} IS NULL OR ${id} <= '')`).run()
    }),
  )
  for (const { look, window } of overWindows(run.db, held.source, prepare)) {
    run.transaction(() => underGuard(run.db, () => look.run(window)))
    await run.rest()
  }
}
