import { openReaderHandle } from '../../../db/database.js'
import type { Issue } from '../../../migration/report.js'
import type { Phase } from '../../../migration/job.js'
import type { Run } from '../../../migration/run.js'
import { readState, writeState, type MigrationState } from '../../../migration/state.js'
import type { ValidateOptions } from '../options.js'
import { closeLeak, GUARD_LEAKED } from '../sync/guard.js'
import { driftOfSync } from '../sync/objects.js'
import { forgetTouched, resolveReplaced } from '../sync/touched-rows.js'
import { mappingFor, readV1Shape } from '../v1-shape.js'
import { tallyAssignments } from './assignments.js'
import { checkDashboards } from './dashboards.js'
import { checkSubmissionFiles } from './files.js'
import { checkHistory, checkWriter } from './history.js'
import { checkIndependently } from './independent.js'
import { checkReferences, checkSectionNames, checkSync, type HeldRowsMean } from './integrity.js'
import { checkLineage, countLineage } from './lineage.js'
import { timeQueries } from './performance.js'
import { checkPropagation } from './propagation.js'
import { compareRows } from './rows.js'
import { inSnapshot } from './snapshot.js'

interface ValidateWith {
  asOf?: ValidateOptions['asOf'] | number
  heldRowsMean?: HeldRowsMean
}

/**
 * The whole validation suite. It changes nothing but what is known of the database: whether both schemas
 * are in step, and that v2 may be cut over to.
 */
export const validate = ({ asOf, heldRowsMean = 'noted' }: ValidateWith): Phase => ({
  name: 'validate',
  async run(run) {
    run.findings.checks.push(checkWriter(run.db))
    run.transaction(() => {
      if (closeLeak(run.db)) run.findings.issues.push(leaked)
      forgetTouched(run.db)
    })
    const at = asOf === undefined ? Date.now() : new Date(asOf).getTime()
    // The other checks look through the sync's views: altered ones would make them lie.
    if (driftOfSync(run.db).length === 0) run.transaction(() => resolveReplaced(run.db, mappingFor(run.db)))
    if (checkSyncFirst(run, heldRowsMean)) await checkAll(run, at)
    record(run)
  },
})

const leaked: Issue = {
  code: 'guard-leaked',
  severity: 'noted',
  table: 'sync_guard',
  count: 1,
  samples: [],
  resolution: `${GUARD_LEAKED} It was taken away, and every row was looked at again.`,
}

function checkSyncFirst(run: Run, heldRowsMean: HeldRowsMean): boolean {
  const checks = checkSync(run.db, heldRowsMean)
  run.findings.checks.push(...checks)
  return checks.every(({ id, status }) => id !== 'sync-in-place' || status === 'passed')
}

async function checkAll(run: Run, asOf: number): Promise<void> {
  await checkRows(run)
  run.findings.checks.push(...(await run.during(checkDashboards(run.path, mappingFor(run.db), asOf))))
  await run.rest()
  run.findings.checks.push(await checkPropagation(run.path, () => run.rest()))
  await run.rest()
  const { timings, check } = await timeQueries(run.path, asOf, () => run.rest())
  run.findings.performance.push(...timings)
  run.findings.checks.push(check)
}

async function checkRows(run: Run): Promise<void> {
  const reader = openReaderHandle(run.path)
  try {
    const mappings = mappingFor(reader)
    for (const mapping of mappings) {
      const { result, check } = await compareRows(reader, mapping, () => run.rest())
      run.findings.tables.push(result)
      run.findings.checks.push(check)
    }
    run.findings.tables.push(inSnapshot(reader, () => tallyAssignments(reader)))
    run.findings.lineage = countLineage(reader, mappings)
    run.findings.checks.push(await checkLineage(reader, mappings, () => run.rest()))
    run.findings.checks.push(...(await checkReferences(reader, mappings, () => run.rest())))
    for (const look of [
      () => checkSectionNames(reader),
      () => checkIndependently(reader, readV1Shape(reader).legacySuffix),
      () => checkHistory(reader),
    ]) {
      run.findings.checks.push(...inSnapshot(reader, look))
      await run.rest()
    }
    run.findings.checks.push(...(await checkSubmissionFiles(reader, () => run.rest())))
  } finally {
    reader.close()
  }
}

function record(run: Run): void {
  const inStep = run.findings.checks.every(({ status }) => status !== 'failed')
  run.transaction(() => {
    const state = readState(run.db)
    writeState(run.db, { inStep, checkedAt: run.now(), ...(inStep ? arrival(state, run.now()) : {}) })
  })
}

/** The first time that v2 is known to hold everything; groups that were set to v2 beforehand are cut over now. */
function arrival({ stage, groups }: MigrationState, now: number): Partial<MigrationState> {
  if (stage !== 'expanded') return {}
  const isCutOver = Object.values(groups).every((version) => version === 'v2')
  return isCutOver ? { stage: 'cutover', cutoverAt: now } : { stage: 'migrated' }
}
