import { conflict } from '../../kernel/problem.js'
import { backup, backupJob } from '../../migration/backup/backup-job.js'
import type { JobKind, JobOptions } from '../../migration/job.js'
import type { MigrationState } from '../../migration/state.js'
import { assess } from './assess.js'
import { bringBack, requireArchive } from './bring-back.js'
import { backfill } from './backfill.js'
import { addQuarantine, contract } from './contract.js'
import { contractReasons, contractRefused } from './contract-reasons.js'
import { cutover, cutoverOfValidated, requireOrder, rollbackApi } from './cutover.js'
import { expand } from './expand.js'
import * as options from './options.js'
import { mendRows, restoreSync } from './repair.js'
import { requireKnownNames } from './require-known-names.js'
import { requireConfirmed, requireRestorable, restorePhases } from './restore.js'
import { requireGroupsOnV1, rollbackSchema } from './rollback-schema.js'
import { addV2Only } from './v2-only.js'
import { addStatusRules, retryQuarantine } from './retry.js'
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
    examine: (given, db, state) => requireKnownNames(db, as<options.AssessOptions>(given), state),
    phases: (given) => [assess(as<options.AssessOptions>(given))],
  },
  backupJob,
  {
    name: 'migrate',
    summary:
      'Assess, back up, expand, backfill, validate: afterwards both schemas hold everything and stay in step.',
    options: options.MigrateOptions,
    admit: requireOpenV1,
    examine: async (given, db, state, settings) => {
      const chosen = as<options.MigrateOptions>(given)
      await requireKnownNames(db, chosen, state)
      await requireArchive(db, chosen, settings)
    },
    phases: (given) => {
      const chosen = as<options.MigrateOptions>(given)
      const heldRowsMean = chosen.onInvalidRow === 'quarantine' ? 'noted' : 'failed'
      return [
        assess(chosen),
        ...(chosen.backup ? [backup()] : []),
        expand(chosen),
        backfill(chosen),
        ...(chosen.bringBack === undefined ? [] : [bringBack(chosen.bringBack)]),
        validate({ heldRowsMean }),
        ...(chosen.cutover ? [cutoverOfValidated(chosen.acceptQuarantined)] : []),
      ]
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
    name: 'repair',
    summary: 'Makes the sync whole again, looks at every row, and makes equal what is not.',
    options: options.RepairOptions,
    admit: (_, state) => {
      requireV1(state)
      requireV2(state)
    },
    phases: (given) => [restoreSync, mendRows(as<options.RepairOptions>(given).keep), validate({})],
  },
  {
    name: 'retry',
    route: { path: '/quarantine/retry', operationId: 'retryQuarantine' },
    summary: 'Brings over what is in quarantine and has been mended.',
    options: options.RetryOptions,
    admit: (_, state) => {
      requireV1(state)
      requireV2(state)
    },
    examine: (given, db, state) => requireKnownNames(db, as<options.RetryOptions>(given), state),
    phases: (given) => [addStatusRules(as<options.RetryOptions>(given)), retryQuarantine, validate({})],
  },
  {
    name: 'cutover',
    summary: 'Moves groups of routes to v2, or back.',
    options: options.CutoverOptions,
    admit: (given, state) => {
      requireV1(state)
      requireV2(state)
      requireOrder(as<options.CutoverOptions>(given).groups, state)
    },
    phases: (given) => [cutover(as<options.CutoverOptions>(given))],
  },
  {
    name: 'rollback',
    summary:
      'All groups back to v1; or, with the level `schema`, v2’s tables removed and what only v2 holds archived.',
    options: options.RollbackOptions,
    admit: (given, state) => {
      requireV1(state)
      requireV2(state)
      if (as<options.RollbackOptions>(given).level === 'schema') requireGroupsOnV1(state)
    },
    phases: (given) =>
      as<options.RollbackOptions>(given).level === 'schema'
        ? [backup(addV2Only), rollbackSchema]
        : [rollbackApi],
  },
  {
    name: 'restore',
    summary:
      'A backup takes the place of the data, or of named tables, after a fresh backup; nothing is restarted.',
    options: options.RestoreOptions,
    admit: (given) => requireConfirmed(as<options.RestoreOptions>(given)),
    examine: (given, db, _, settings) => requireRestorable(db, as<options.RestoreOptions>(given), settings),
    phases: (given) => restorePhases(as<options.RestoreOptions>(given)),
    onScratchCopy: (given) => as<options.RestoreOptions>(given).dryRun,
  },
  {
    name: 'contract',
    summary:
      'Drops v1’s tables, indexes and triggers, after a backup; refused with every reason while v1 may be needed.',
    options: options.ContractOptions,
    admit: (_, state) => {
      requireV1(state)
      requireV2(state)
    },
    examine: async (given, db, _, settings) => {
      const reasons = await contractReasons(db, as<options.ContractOptions>(given), settings)
      if (reasons.length > 0) throw contractRefused(reasons)
    },
    phases: (given) => [backup(addQuarantine), contract(as<options.ContractOptions>(given))],
  },
]
