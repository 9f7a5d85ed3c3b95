import { openReaderHandle } from '../../../db/database.js'
import type { Phase } from '../../../migration/job.js'
import type { Run } from '../../../migration/run.js'
import { readState, writeState, type MigrationState } from '../../../migration/state.js'
import type { ValidateOptions } from '../options.js'
import { mappingFor } from '../v1-shape.js'
import { checkDashboards } from './dashboards.js'
import { checkIndependently } from './independent.js'
import { checkReferences, checkSectionNames, checkSync } from './integrity.js'
import { timeQueries } from './performance.js'
import { checkPropagation } from './propagation.js'
import { compareRows } from './rows.js'
import { inSnapshot } from './snapshot.js'

/**
 * The whole validation suite. It changes nothing but what is known of the database: whether both schemas
 * are in step, and that v2 may be cut over to.
 */
export const validate = ({ asOf }: { asOf?: ValidateOptions['asOf'] | number }): Phase => ({
  name: 'validate',
  async run(run) {
    const at = asOf === undefined ? Date.now() : new Date(asOf).getTime()
    // The other checks look through the sync's views: altered ones would make them lie.
    if (checkSyncFirst(run)) await checkAll(run, at)
    record(run)
  },
})

function checkSyncFirst(run: Run): boolean {
  const checks = checkSync(run.db)
  run.findings.checks.push(...checks)
  return checks.every(({ id, status }) => id !== 'sync-in-place' || status === 'passed')
}

async function checkAll(run: Run, asOf: number): Promise<void> {
  await checkRows(run)
  run.findings.checks.push(...(await checkDashboards(run.path, asOf)))
  await run.rest()
  run.findings.checks.push(await checkPropagation(run.path))
  await run.rest()
  const { timings, check } = await timeQueries(run.path, asOf)
  run.findings.performance.push(...timings)
  run.findings.checks.push(check)
}

async function checkRows(run: Run): Promise<void> {
  const reader = openReaderHandle(run.path)
  try {
    const mappings = mappingFor(reader)
    for (const mapping of mappings) {
      const siblings = mappings.filter(({ target }) => target === mapping.target)
      const { result, check } = await compareRows(reader, mapping, siblings, () => run.rest())
      run.findings.tables.push(result)
      run.findings.checks.push(check)
    }
    for (const look of [
      () => checkReferences(reader, mappings),
      () => checkSectionNames(reader),
      () => checkIndependently(reader),
    ]) {
      run.findings.checks.push(...inSnapshot(reader, look))
      await run.rest()
    }
  } finally {
    reader.close()
  }
}

function record(run: Run): void {
  const inStep = run.findings.checks.every(({ status }) => status !== 'failed')
  run.transaction(() => {
    const state = readState(run.db)
    writeState(run.db, { inStep, checkedAt: Date.now(), ...(inStep ? arrival(state) : {}) })
  })
}

/** The first time that v2 is known to hold everything; groups that were set to v2 beforehand are cut over now. */
function arrival({ stage, groups }: MigrationState): Partial<MigrationState> {
  if (stage !== 'expanded') return {}
  const isCutOver = Object.values(groups).every((version) => version === 'v2')
  return isCutOver ? { stage: 'cutover', cutoverAt: Date.now() } : { stage: 'migrated' }
}
