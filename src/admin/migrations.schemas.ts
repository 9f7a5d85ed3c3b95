import { Type } from '@sinclair/typebox'
import { MADE, ids } from '../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, StringEnum } from '../http/schemas.js'
import { stages } from '../kernel/api-groups.js'
import { jobStates, phaseNames, throttleReasons } from '../migration/job.js'
import { Assessment } from './assessment.schemas.js'

const Sample = Type.Array(Type.Unknown())

const DateChange = Type.Object({
  table: Type.String(),
  column: Type.String(),
  before: StringEnum(['not-counted'], { description: 'by the old application, to which text was never due' }),
  after: StringEnum(['overdue', 'due-next-7-days']),
  count: Type.Integer(),
  samples: Sample,
  sql: Type.String(),
})

const Keys = Type.Array(Type.Unknown(), { description: 'keys of some of the rows' })

const Restoration = Type.Object({
  backupId: Id(),
  backedUpAt: Instant(),
  bytes: Type.Integer({ description: 'of all files of the backup' }),
  stage: Type.Object({ before: StringEnum(stages), after: StringEnum(stages) }),
  tables: Type.Array(
    Type.Object({
      table: Type.String(),
      because: StringEnum(['asked', 'parent', 'child'], {
        description: 'parent, child: rows of a table that was not named, on account of foreign keys',
      }),
      deleted: Type.Integer(),
      inserted: Type.Integer(),
      updated: Type.Integer(),
      samples: Type.Object({ deleted: Keys, inserted: Keys, updated: Keys }),
    }),
  ),
  undone: Type.Array(Type.Object({ subject: Type.String(), changes: Type.Integer() }), {
    description: 'changes in the history since the backup, to what was restored',
  }),
  heldMs: Type.Integer({ description: 'for how long nobody else could write' }),
})

const report = {
  status: 'passed-with-notes',
  summary: { checks: 1, failed: 0, notes: 1, rowsRead: 40840, rowsWritten: 0, rowsQuarantined: 0 },
  tables: [
    {
      source: 'suppliers',
      target: 'suppliers',
      sourceRows: 40,
      targetRows: 40,
      equal: 40,
      byRule: 0,
      quarantined: 0,
      mismatched: 0,
    },
  ],
  lineage: [],
  checks: [
    {
      id: 'row-counts',
      group: 'rows',
      title: 'Every table has as many rows in both versions',
      status: 'passed',
      expected: 0,
      actual: 0,
      samples: [],
    },
  ],
  issues: [
    {
      code: 'odd-text',
      subcase: 'blanks',
      severity: 'noted',
      table: 'tasks',
      column: 'name',
      count: 2,
      samples: ['task-7', 'task-9'],
      resolution: 'Kept as it is.',
    },
  ],
  mappings: [
    {
      milestoneId: ids.section,
      taskType: 'Part Approval',
      code: 'PA2',
      name: 'Milestone 2',
      sectionName: 'First Article',
      rule: 'built-in',
    },
  ],
  dateChanges: [],
  performance: [
    {
      query: 'dashboard',
      v1Ms: 41.5,
      v2Ms: 22.1,
      ratio: 0.53,
      plan: { v1: ['SCAN tasks'], v2: ['SCAN v2_tasks'] },
    },
  ],
  assessment: null,
  backup: null,
  restoration: null,
  startedAt: MADE,
  durationMs: 4210,
}

export const Report = Named(
  'Report',
  Type.Object({
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
        equal: Type.Integer(),
        byRule: Type.Integer({ description: 'rows of which some value is another by a stated rule' }),
        quarantined: Type.Integer(),
        mismatched: Type.Integer(),
      }),
    ),
    lineage: Type.Array(
      Type.Object({
        table: Type.String(),
        column: Type.String(),
        rule: Type.String(),
        values: Type.Integer(),
      }),
      { description: 'values of v2 that are not simply v1’s, counted by the rule that made them' },
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
        subcase: Type.Optional(Type.String({ description: 'which case of the class, where it has several' })),
        severity: StringEnum(['blocking', 'resolved', 'noted']),
        table: Type.String({ description: 'empty where the file as a whole is meant' }),
        column: Type.Optional(Type.String()),
        count: Type.Integer(),
        samples: Sample,
        resolution: Type.String(),
        sql: Type.Optional(
          Type.String({
            description: 'shows all of them, in any SQL console on the file; absent of what has been mended',
          }),
        ),
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
    dateChanges: Type.Array(DateChange),
    performance: Type.Array(
      Type.Object({
        query: Type.String(),
        v1Ms: Type.Number(),
        v2Ms: Type.Number(),
        ratio: Type.Number(),
        plan: Type.Object({ v1: Type.Array(Type.String()), v2: Type.Array(Type.String()) }),
      }),
    ),
    assessment: Nullable(Assessment),
    backup: Nullable(
      Type.Object({
        id: Id(),
        bytes: Type.Integer(),
        rows: Type.Integer(),
        tables: Type.Integer(),
        files: Type.Integer(),
        removed: Type.Array(Id(), { description: 'older ones that were kept long enough' }),
      }),
    ),
    restoration: Nullable(Restoration),
    startedAt: Instant(),
    durationMs: Type.Integer(),
  }),
  report,
)

export const MigrationJob = Named(
  'MigrationJob',
  Type.Object({
    id: Id(),
    job: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    state: StringEnum(jobStates, { title: 'JobState' }),
    phase: Nullable(StringEnum(phaseNames, { title: 'JobPhase' })),
    progress: Type.Object({
      rowsDone: Type.Integer(),
      rowsTotal: Type.Integer(),
      percent: Type.Number(),
      rowsPerSecond: Type.Integer({
        minimum: 0,
        description: 'of about the last ten seconds; 0 while it stands still',
      }),
      etaSeconds: Nullable(
        Type.Integer({ minimum: 0, description: 'null until 1 % is done, and while the job stands still' }),
      ),
    }),
    requested: Nullable(StringEnum(['pause', 'cancel'], { description: 'asked for, and not done yet' })),
    throttle: Nullable(
      Type.Object(
        { reason: StringEnum(throttleReasons), since: Instant() },
        { description: 'what the running job holds itself back for' },
      ),
    ),
    createdAt: Instant(),
    startedAt: Nullable(Instant()),
    finishedAt: Nullable(Instant()),
    report: Nullable(Report),
    error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
    links: Type.Object({ self: Type.String(), report: Type.String(), events: Type.String() }),
  }),
  {
    id: ids.job,
    job: 'validate',
    options: {},
    state: 'succeeded',
    phase: null,
    progress: { rowsDone: 40840, rowsTotal: 40840, percent: 100, rowsPerSecond: 0, etaSeconds: null },
    requested: null,
    throttle: null,
    createdAt: MADE,
    startedAt: MADE,
    finishedAt: '2026-02-02T08:30:04.210Z',
    report,
    error: null,
    links: {
      self: `/admin/migrations/${ids.job}`,
      report: `/admin/migrations/${ids.job}/report`,
      events: `/admin/migrations/${ids.job}/events`,
    },
  },
)

export const startMigration = (kinds: readonly string[]) =>
  Named(
    'StartMigration',
    Body({
      job: StringEnum(kinds),
      options: Type.Optional(
        Type.Object({}, { additionalProperties: true, description: 'depends on the job' }),
      ),
      reason: Type.Optional(Line({ maxLength: 1000, description: 'for the audit log' })),
    }),
    { job: 'migrate', options: { dryRun: true }, reason: 'CHG-7' },
  )
