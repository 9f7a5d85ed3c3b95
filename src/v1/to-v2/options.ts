import { Type, type Static } from '@sinclair/typebox'
import { Body, Instant, StringEnum } from '../../http/schemas.js'
import { apiGroups } from '../../kernel/api-groups.js'
import { NamingOptions } from './section-name-rules.js'

export const AssessOptions = Body({ ...NamingOptions })

export const MigrateOptions = Body({
  ...NamingOptions,
  dryRun: Type.Boolean({ default: false, description: 'all of it, on a copy that is deleted afterwards' }),
  chunkMs: Type.Number({
    minimum: 1,
    maximum: 1000,
    default: 8,
    description: 'how long a chunk may hold the lock',
  }),
})
export type MigrateOptions = Static<typeof MigrateOptions>

export const ValidateOptions = Body({ asOf: Type.Optional(Instant()) })
export type ValidateOptions = Static<typeof ValidateOptions>

export const CutoverOptions = Body({
  groups: Type.Partial(
    Body(Object.fromEntries(apiGroups.map((group) => [group, StringEnum(['v1', 'v2'])]))),
    { additionalProperties: false, minProperties: 1 },
  ),
})

export const RollbackOptions = Body({ level: StringEnum(['api']) })
