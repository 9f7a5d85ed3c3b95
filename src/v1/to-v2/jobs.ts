import type { GroupVersions } from '../../kernel/api-groups.js'
import { conflict } from '../../kernel/problem.js'
import type { JobKind, JobOptions } from '../../migration/job.js'
import type { MigrationState } from '../../migration/state.js'
import { assess } from './assess.js'
import { backfill } from './backfill.js'
import { cutover, requireOrder, rollbackApi } from './cutover.js'
import { expand } from './expand.js'
import * as options from './options.js'
import { validate } from './validate/validate.js'

function requireV1({ stage }: MigrationState): void {
  if (stage === 'contracted') throw conflict('no-v1', 'This database has no v1: there is nothing to migrate.')
}

/** Sections have their names from the first run on: other rules would be taken for a wish and then ignored. */
function requireNamesToBeOpen(given: JobOptions, { stage }: MigrationState): void {
  const { sectionNames, builtInSectionNames } = as<options.MigrateOptions>(given)
  if (stage !== 'v1' && (sectionNames !== undefined || !builtInSectionNames))
    throw conflict(
      'names-are-set',
      'v2 has its section names already. Rename sections there, or leave these options out.',
    )
}

function requireV2({ stage }: MigrationState): void {
  if (stage === 'v1' || stage === 'expanded')
    throw conflict('not-migrated', 'v2 does not hold the data yet: run migrate first.')
}

/** The options of a job whose schema has accepted them. */
const as = <Options>(given: JobOptions) => given as unknown as Options

function requireOpenV1(given: JobOptions, state: MigrationState): void {
  requireV1(state)
  requireNamesToBeOpen(given, state)
}

/** What can be asked of a v1 database and of one on its way. */
export const jobKinds: readonly JobKind[] = [
  {
    name: 'assess',
    summary: 'Counts, data quality and mappings; changes nothing.',
    options: options.AssessOptions,
    admit: requireOpenV1,
    phases: (given) => [assess(as<options.MigrateOptions>(given))],
  },
  {
    name: 'migrate',
    summary: 'Assess, expand, backfill, validate: afterwards both schemas hold everything and stay in step.',
    options: options.MigrateOptions,
    admit: requireOpenV1,
    phases: (given) => {
      const chosen = as<options.MigrateOptions>(given)
      return [assess(chosen), expand(chosen), backfill(chosen), validate({})]
    },
    onScratchCopy: (given) => as<options.MigrateOptions>(given).dryRun,
  },
  {
    name: 'validate',
    summary: 'The whole validation suite on the live database.',
    options: options.ValidateOptions,
    admit: (_, state) => {
      requireV1(state)
      requireV2(state)
    },
    phases: (given) => [validate(as<options.ValidateOptions>(given))],
  },
  {
    name: 'cutover',
    summary: 'Moves groups of routes to v2, or back.',
    options: options.CutoverOptions,
    admit: (given, state) => {
      requireV1(state)
      requireV2(state)
      requireOrder(as<{ groups: Partial<GroupVersions> }>(given).groups, state)
    },
    phases: (given) => [cutover(as<{ groups: Partial<GroupVersions> }>(given).groups)],
  },
  {
    name: 'rollback',
    summary: 'All groups back to v1; both schemas stay in step.',
    options: options.RollbackOptions,
    admit: (_, state) => {
      requireV1(state)
      requireV2(state)
    },
    phases: () => [rollbackApi],
  },
]
