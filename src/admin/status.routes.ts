import { Type } from '@sinclair/typebox'
import type { Database } from '../db/database.js'
import { MADE } from '../http/examples.js'
import { Id, Instant, Named, Nullable, StringEnum } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { instantText } from '../http/wire.js'
import { allGroupsOn, apiGroups, stages } from '../kernel/api-groups.js'
import { DAY_MS } from '../kernel/due-date.js'
import { findUnfinishedJob } from '../migration/jobs.repository.js'
import { getState, type SyncState } from '../migration/state.js'
import type { JournalTables } from '../migration/tables.js'

const Status = Named(
  'Status',
  Type.Object({
    stage: StringEnum(stages, { title: 'Stage' }),
    groups: Type.Object(
      Object.fromEntries(
        apiGroups.map((group) => [group, StringEnum(['v1', 'v2'], { title: 'ApiVersion' })]),
      ),
    ),
    sync: Type.Object({
      inStep: Nullable(Type.Boolean({ description: 'as the last validation found it; null: never checked' })),
      checkedAt: Nullable(Instant()),
      drift: Type.Array(Type.String(), { description: 'triggers and views that are missing or altered' }),
      waiting: Type.Array(
        Type.Object({ table: Type.String(), reason: Type.String(), rows: Type.Integer() }),
        {
          description: 'rows that one side cannot hold as the other has them',
        },
      ),
      lastAlarm: Nullable(Type.Object({ at: Instant(), what: Type.String() })),
    }),
    retention: Type.Object({ since: Nullable(Instant()), contractAllowedAt: Nullable(Instant()) }),
    brownoutUntil: Nullable(Instant({ description: 'until then /v1 answers 503' })),
    runningJob: Nullable(
      Type.Object({ id: Id(), job: Type.String(), state: Type.String(), self: Type.String() }),
    ),
  }),
  {
    stage: 'cutover',
    groups: allGroupsOn('v2'),
    sync: { inStep: true, checkedAt: MADE, drift: [], waiting: [], lastAlarm: null },
    retention: { since: MADE, contractAllowedAt: '2026-03-04T08:30:00.000Z' },
    brownoutUntil: null,
    runningJob: null,
  },
)

export interface StatusContext {
  db: Database<JournalTables>
  readSync: () => Promise<SyncState>
  legacyRetentionDays: number
}

export function statusRoutes(app: App, { db, readSync, legacyRetentionDays }: StatusContext): void {
  const schema = {
    operationId: 'getStatus',
    summary: 'What the database is, and which version serves what',
    description: 'The stage, whether both schemas are in step, and the job that is running.',
    tags: ['Status'],
    response: { 200: Status },
  }
  app.get('/status', { schema }, async () => {
    const { stage, groups, inStep, checkedAt, cutoverAt, brownoutUntil } = await getState(db.reader)
    const job = await findUnfinishedJob(db.reader)
    const { lastAlarm, ...sync } = await readSync()
    return {
      stage,
      groups,
      sync: {
        inStep,
        checkedAt: instantText(checkedAt),
        ...sync,
        lastAlarm: lastAlarm && { ...lastAlarm, at: instantText(lastAlarm.at) },
      },
      retention: {
        since: instantText(cutoverAt),
        contractAllowedAt: instantText(cutoverAt === null ? null : cutoverAt + legacyRetentionDays * DAY_MS),
      },
      brownoutUntil: instantText(brownoutUntil),
      runningJob:
        job === undefined
          ? null
          : { id: job.id, job: job.job, state: job.state, self: `/admin/migrations/${job.id}` },
    }
  })
}
