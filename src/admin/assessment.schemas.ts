import { Type } from '@sinclair/typebox'
import { Instant, Nullable, StringEnum } from '../http/schemas.js'

const Count = Type.Integer({ minimum: 0 })

const Spread = Type.Object({ min: Type.Number(), median: Type.Number(), max: Type.Number() })

const OverrideGroup = Type.Object({
  id: Type.String(),
  name: Type.String(),
  overrides: Count,
  spreadDays: Spread,
})

const DateForms = Type.Object({
  table: Type.String(),
  column: Type.String(),
  epochMilliseconds: Count,
  sqliteText: Count,
  iso8601: Count,
  null: Count,
  bad: Count,
})

const StatusCount = Type.Object({
  table: Type.String(),
  status: Nullable(Type.String()),
  count: Count,
  becomes: Nullable(Type.String({ description: 'null where nothing says what it becomes' })),
  by: Nullable(StringEnum(['as-is', 'spelling', 'statusMap'])),
})

const Overrides = Type.Object({
  table: Type.String(),
  instances: Count,
  overrides: Count,
  earlier: Count,
  same: Count,
  later: Count,
  spreadDays: Nullable(Spread),
  projects: Count,
  byProject: Type.Array(OverrideGroup, { description: 'the 100 with the most' }),
  suppliers: Count,
  bySupplier: Type.Array(OverrideGroup, { description: 'the 100 with the most' }),
})

const FileFacts = Type.Object({
  bytes: Count,
  walBytes: Count,
  pageSize: Nullable(Count),
  freePages: Nullable(Count),
  encoding: Nullable(Type.String()),
  journalMode: Nullable(Type.String()),
  check: StringEnum(['integrity_check', 'quick_check']),
  damage: Type.Array(Type.String()),
})

const TableVolume = Type.Object({
  table: Type.String(),
  rows: Nullable(Count),
  kind: StringEnum(['shared', 'active', 'legacy', 'service', 'other']),
})

/** What an assessment found besides rows that do not fit; see src/migration/assessment.ts. */
export const Assessment = Type.Object(
  {
    asOf: Instant(),
    file: FileFacts,
    disk: Type.Object({ neededBytes: Count, freeBytes: Count }),
    estimate: Type.Object({ rows: Count, seconds: Count }),
    tables: Type.Array(TableVolume),
    dateForms: Type.Array(DateForms),
    statuses: Type.Array(StatusCount),
    overrides: Nullable(Overrides),
    heldBack: Type.Array(Type.Object({ table: Type.String(), misfits: Count, dependants: Count }), {
      description: 'what would stay in v1 with onInvalidRow "quarantine"',
    }),
  },
  { title: 'Assessment' },
)
