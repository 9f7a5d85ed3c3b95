import { Type, type Static } from '@sinclair/typebox'
import { Body, Id, Instant, Line, Named, StringEnum } from '../../http/schemas.js'
import { apiGroups, type GroupVersions } from '../../kernel/api-groups.js'
import { NamingOptions } from './section-name-rules.js'
import { StatusMap } from './status-rules.js'

const RowOptions = {
  ...NamingOptions,
  statusMap: Type.Optional(StatusMap),
  onInvalidRow: StringEnum(['fail', 'quarantine'], {
    default: 'fail',
    description: 'quarantine: go on without rows that do not fit, and those that depend on them',
  }),
}

export const AssessOptions = Body({ ...RowOptions, asOf: Type.Optional(Instant()) })
/** A run assesses with its own options; whoever asks for the assessment alone may say for which instant. */
export type AssessOptions = Pick<Static<typeof AssessOptions>, keyof typeof RowOptions> & {
  asOf?: Static<typeof AssessOptions>['asOf']
}

const AcceptQuarantined = Type.Optional(
  Type.Integer({
    minimum: 0,
    description: 'how many rows in quarantine v2 is to go on without: as many as there are',
  }),
)

export const MigrateOptions = Body({
  ...RowOptions,
  dryRun: Type.Boolean({ default: false, description: 'all of it, on a copy that is deleted afterwards' }),
  backup: Type.Boolean({ default: true, description: 'a backup first, before anything is changed' }),
  cutover: Type.Boolean({
    default: false,
    description: 'all groups to v2 at the end; a refused cutover leaves everything migrated, and on v1',
  }),
  acceptQuarantined: AcceptQuarantined,
  bringBack: Type.Optional(
    Id('a backup of a rollback of the schema: what only v2 could hold is brought back from it'),
  ),
  chunkMs: Type.Number({
    minimum: 1,
    maximum: 1000,
    default: 8,
    description: 'how long a chunk may hold the lock; while nobody else writes, several follow each other',
  }),
})
export type MigrateOptions = Static<typeof MigrateOptions>

export const RetryOptions = Named('RetryQuarantine', Body({ statusMap: Type.Optional(StatusMap) }), {
  statusMap: { Done: 'completed' },
})
export type RetryOptions = Static<typeof RetryOptions>

export const ValidateOptions = Body({ asOf: Type.Optional(Instant()) })
export type ValidateOptions = Static<typeof ValidateOptions>

export const RepairOptions = Body({
  keep: StringEnum(['v1', 'v2', 'newer'], {
    default: 'newer',
    description: 'which side is right where both differ; newer: the one whose row has the later updatedAt',
  }),
})
export type RepairOptions = Static<typeof RepairOptions>

export const CutoverOptions = Body({
  groups: Type.Partial(
    Body(Object.fromEntries(apiGroups.map((group) => [group, StringEnum(['v1', 'v2'])]))),
    { additionalProperties: false, minProperties: 1 },
  ),
  acceptQuarantined: AcceptQuarantined,
})
export type CutoverOptions = { groups: Partial<GroupVersions>; acceptQuarantined?: number }

export const ContractOptions = Body({
  confirm: StringEnum(['drop-v1']),
  quietDays: Type.Integer({
    minimum: 0,
    maximum: 365,
    default: 7,
    description: 'for so many days nobody may have called /v1',
  }),
  acceptQuarantined: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'how many rows in quarantine go with v1, and are in the backup alone: as many as there are',
    }),
  ),
})
export type ContractOptions = { quietDays: number; acceptQuarantined?: number }

export const RestoreOptions = Body({
  backupId: Id('which backup'),
  tables: Type.Optional(
    Type.Array(Line(), {
      minItems: 1,
      uniqueItems: true,
      description: 'these tables of one version alone, with the rows that they depend on; else everything',
    }),
  ),
  dryRun: Type.Boolean({
    default: false,
    description: 'all of it, on a copy that is deleted afterwards: the report says what would be undone',
  }),
  confirm: Type.Optional(Id('the id of the backup once more, unless it is a dry run')),
})
export type RestoreOptions = Static<typeof RestoreOptions>

export const RollbackOptions = Body({
  level: StringEnum(['api', 'schema'], {
    description:
      'api: all groups back to v1, both schemas stay in step; schema: v2’s tables are removed, what only v2 can hold is archived first',
  }),
})
export type RollbackOptions = Static<typeof RollbackOptions>
