import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../db/database.js'
import type { App } from '../http/type-provider.js'
import { findUnfinishedJob } from '../migration/jobs.repository.js'
import { getState, type SyncState } from '../migration/state.js'
import type { JournalTables } from '../migration/tables.js'

export interface MetricsContext {
  db: Database<JournalTables>
  readSync: () => Promise<SyncState>
}

/** A page that is read from memory takes less than the first, a report or an export as long as the last. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

let processMetrics: Registry | undefined

/** What Node tells of the process, from the first question on: there is one process, however many servers it has. */
function ofTheProcess(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry()
    collectDefaultMetrics({ register: processMetrics })
  }
  return processMetrics
}

/** Metrics of requests, of the process, and of the migration as it is when they are asked for: Prometheus' text. */
export function serveMetrics(app: App, context: MetricsContext): void {
  const requests = new Registry()
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by the route as it is in the documents',
    labelNames: ['method', 'route', 'status_code'],
    buckets: SECONDS,
    registers: [requests],
  })
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    // Of an unknown path there is none, whatever the types say: what was asked for would be a label a request.
    const route = (routeOptions as { url?: string }).url ?? 'none'
    duration.observe({ method, route, status_code: statusCode }, elapsedTime / 1000)
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const all = Registry.merge([ofTheProcess(), requests, await ofTheMigration(context)])
    return reply.type(all.contentType).send(await all.metrics())
  })
}

async function ofTheMigration({ db, readSync }: MetricsContext): Promise<Registry> {
  const registry = new Registry()
  const { stage, groups, inStep } = await getState(db.reader)
  const { drift, waiting } = await readSync()
  const job = await findUnfinishedJob(db.reader)
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    values: readonly [Record<Label, string>, number][],
  ) => {
    const made = new Gauge({ name, help, labelNames, registers: [registry] })
    for (const [labels, value] of values) made.set(labels, value)
  }
  gauge('migration_stage', 'The stage of the database: 1', ['stage'], [[{ stage }, 1]])
  gauge(
    'migration_group_on_v2',
    'Whether v2 serves the group',
    ['group'],
    Object.entries(groups).map(([group, version]) => [{ group }, version === 'v2' ? 1 : 0]),
  )
  if (inStep !== null)
    gauge(
      'migration_sync_in_step',
      'Whether the last validation found both schemas equal',
      [],
      [[{}, inStep ? 1 : 0]],
    )
  gauge(
    'migration_sync_drift',
    'Triggers and views of the sync that are missing or altered',
    [],
    [[{}, drift.length]],
  )
  gauge(
    'migration_rows_waiting',
    'Rows that one side cannot hold as the other has them',
    ['table', 'reason'],
    waiting.map(({ table, reason, rows }) => [{ table, reason }, rows]),
  )
  if (job !== undefined) {
    const ofJob = ['job', 'state'] as const
    const labels = { job: job.job, state: job.state }
    gauge('migration_job_rows_done', 'Rows that the unfinished job has done', ofJob, [
      [labels, job.progress.rowsDone],
    ])
    gauge('migration_job_rows_total', 'Rows that it has to do', ofJob, [[labels, job.progress.rowsTotal]])
  }
  return registry
}
