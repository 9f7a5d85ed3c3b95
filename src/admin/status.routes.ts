import { Type } from '@sinclair/typebox'
import type { Database } from '../db/database.js'
import { Id, Instant, Nullable, ProblemAnswers, StringEnum } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { instantText } from '../http/wire.js'
import { apiGroups, stages } from '../kernel/api-groups.js'
import { DAY_MS } from '../kernel/due-date.js'
import { findUnfinishedJob } from '../migration/jobs.repository.js'
import { getState } from '../migration/state.js'
import type { JournalTables } from '../migration/tables.js'

const Status = Type.Object({
  stage: StringEnum(stages),
  groups: Type.Object(Object.fromEntries(apiGroups.map((group) => [group, StringEnum(['v1', 'v2'])]))),
  sync: Type.Object({ inStep: Nullable(Type.Boolean()), checkedAt: Nullable(Instant()) }),
  retention: Type.Object({ since: Nullable(Instant()), contractAllowedAt: Nullable(Instant()) }),
  runningJob: Nullable(
    Type.Object({ id: Id(), job: Type.String(), state: Type.String(), self: Type.String() }),
  ),
})

export function statusRoutes(app: App, db: Database<JournalTables>, legacyRetentionDays: number): void {
  const schema = {
    operationId: 'getStatus',
    summary: 'What the database is, and which version serves what',
    tags: ['Status'],
    response: { 200: Status, ...ProblemAnswers },
  }
  app.get('/status', { schema }, async () => {
    const { stage, groups, inStep, checkedAt, cutoverAt } = await getState(db.reader)
    const job = await findUnfinishedJob(db.reader)
    return {
      stage,
      groups,
      sync: { inStep, checkedAt: instantText(checkedAt) },
      retention: {
        since: instantText(cutoverAt),
        contractAllowedAt: instantText(cutoverAt === null ? null : cutoverAt + legacyRetentionDays * DAY_MS),
      },
      runningJob:
        job === undefined
          ? null
          : { id: job.id, job: job.job, state: job.state, self: `/admin/migrations/${job.id}` },
    }
  })
}
