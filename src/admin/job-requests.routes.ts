import type { Database } from '../db/database.js'
import { OnceHeaders, writeOnce } from '../http/idempotency.js'
import { IdParams } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import type { JobHost } from '../migration/host.js'
import type { JournalTables } from '../migration/tables.js'
import { askedBy } from './audit-log.routes.js'
import { asWire } from './job-wire.js'
import { MigrationJob } from './migrations.schemas.js'

/** What the operator may ask of a job. Each is right to repeat. */
const requestActions = [
  {
    name: 'pause',
    requested: 'pause',
    summary: 'Pause a migration job; takes effect after the chunk at hand',
    description: 'It stays paused over a restart. 409 `job-ended`, `job-cancelling`.',
  },
  {
    name: 'resume',
    requested: null,
    summary: 'Resume a migration job, or take back a pause that has not begun',
    description: 'Nothing happens to a job that is not paused. 409 `job-ended`, `job-cancelling`.',
  },
  {
    name: 'cancel',
    requested: 'cancel',
    summary: 'Cancel a migration job; takes effect after the chunk at hand',
    description:
      'What the job has made is removed, and that cannot be taken back. A job that is cancelled already is ' +
      'answered as it is; one that ended otherwise, or ends before the chunk at hand, stays so: 409 `job-ended`.',
  },
] as const

interface RequestContext {
  db: Database<JournalTables>
  host: JobHost
}

export function requestRoutes(app: App, context: RequestContext): void {
  for (const action of requestActions) requestRoute(app, context, action)
}

function requestRoute(
  app: App,
  { db, host }: RequestContext,
  { name, requested, summary, description }: (typeof requestActions)[number],
): void {
  const schema = {
    operationId: `${name}Migration`,
    summary,
    description,
    tags: ['Migrations'],
    headers: OnceHeaders,
    params: IdParams,
    response: { 200: MigrationJob },
  }
  // An Idempotency-Key that was used before has no effect, and leads to the job as it is now.
  app.post(`/migrations/:id/${name}`, { schema }, async (request, reply) =>
    asWire(
      await host.request(request.params.id, requested, {
        make: (effect) => writeOnce(db, reply, effect),
        asked: askedBy(request),
      }),
    ),
  )
}
