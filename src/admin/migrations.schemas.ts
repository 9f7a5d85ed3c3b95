import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Nullable, StringEnum } from '../http/schemas.js'
import { jobStates, phaseNames } from '../migration/job.js'

const Sample = Type.Array(Type.Unknown())

export const Report = Type.Object({
  status: StringEnum(['passed', 'passed-with-notes', 'failed']),
  summary: Type.Object({
    checks: Type.Integer(),
    failed: Type.Integer(),
    notes: Type.Integer(),
    rowsRead: Type.Integer(),
    rowsWritten: Type.Integer(),
    rowsQuarantined: Type.Integer(),
  }),
  tables: Type.Array(
    Type.Object({
      source: Type.String(),
      target: Type.String(),
      sourceRows: Type.Integer(),
      targetRows: Type.Integer(),
      quarantined: Type.Integer(),
      mismatched: Type.Integer(),
    }),
  ),
  checks: Type.Array(
    Type.Object({
      id: Type.String(),
      group: Type.String(),
      title: Type.String(),
      status: StringEnum(['passed', 'noted', 'failed']),
      expected: Type.Unknown(),
      actual: Type.Unknown(),
      samples: Sample,
    }),
  ),
  issues: Type.Array(
    Type.Object({
      code: Type.String(),
      severity: StringEnum(['blocking', 'resolved', 'noted']),
      table: Type.String(),
      column: Type.Optional(Type.String()),
      count: Type.Integer(),
      samples: Sample,
      resolution: Type.String(),
    }),
  ),
  mappings: Type.Array(
    Type.Object({
      milestoneId: Type.String(),
      taskType: Type.String(),
      code: Type.String(),
      name: Type.String(),
      sectionName: Type.String(),
      rule: Type.String(),
    }),
  ),
  dateChanges: Sample,
  performance: Type.Array(
    Type.Object({
      query: Type.String(),
      v1Ms: Type.Number(),
      v2Ms: Type.Number(),
      ratio: Type.Number(),
      plan: Type.Object({ v1: Type.Array(Type.String()), v2: Type.Array(Type.String()) }),
    }),
  ),
  startedAt: Instant(),
  durationMs: Type.Integer(),
})

export const MigrationJob = Type.Object({
  id: Id(),
  job: Type.String(),
  options: Type.Record(Type.String(), Type.Unknown()),
  state: StringEnum(jobStates),
  phase: Nullable(StringEnum(phaseNames)),
  progress: Type.Object({
    rowsDone: Type.Integer(),
    rowsTotal: Type.Integer(),
    percent: Type.Number(),
    rowsPerSecond: Type.Integer(),
    etaSeconds: Nullable(Type.Integer({ minimum: 0, description: 'null until 1 % is done' })),
  }),
  createdAt: Instant(),
  startedAt: Nullable(Instant()),
  finishedAt: Nullable(Instant()),
  report: Nullable(Report),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
  links: Type.Object({ self: Type.String(), report: Type.String() }),
})

export const startMigration = (kinds: readonly string[]) =>
  Body({
    job: StringEnum(kinds),
    options: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'depends on the job' }),
    ),
  })
