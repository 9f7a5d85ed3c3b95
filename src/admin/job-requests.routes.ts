import { IdParams } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import type { JobHost } from '../migration/host.js'
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

export function requestRoutes(app: App, host: JobHost): void {
  for (const action of requestActions) requestRoute(app, host, action)
}

function requestRoute(
  app: App,
  host: JobHost,
  { name, requested, summary, description }: (typeof requestActions)[number],
): void {
  const schema = {
    operationId: `${name}Migration`,
    summary,
    description,
    tags: ['Migrations'],
    params: IdParams,
    response: { 200: MigrationJob },
  }
  app.post(`/migrations/:id/${name}`, { schema }, async (request) =>
    asWire(await host.request(request.params.id, requested, askedBy(request))),
  )
}
