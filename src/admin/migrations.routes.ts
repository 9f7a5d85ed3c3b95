import { Type, type Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '../db/database.js'
import { OnceHeaders, writeOnce } from '../http/idempotency.js'
import { answerPage, readPage } from '../http/page.js'
import { IdParams, PageOf, PageQuery } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { readPart } from '../http/validation.js'
import { conflict, notFound } from '../kernel/problem.js'
import type { JobHost } from '../migration/host.js'
import type { JobKind } from '../migration/job.js'
import { getJob, isUnfinished, listJobs, type Job } from '../migration/jobs.repository.js'
import { reportMarkdown } from '../migration/report-markdown.js'
import type { JournalTables } from '../migration/tables.js'
import { askedBy } from './audit-log.routes.js'
import { eventsRoute } from './events.routes.js'
import { requestRoutes } from './job-requests.routes.js'
import { asWire, pathOf } from './job-wire.js'
import { MigrationJob, Report, startMigration } from './migrations.schemas.js'

const DEFAULT_WAIT_SECONDS = 60
const LONGEST_WAIT_SECONDS = 600
const tags = ['Migrations']

const Markdown = Type.String({ examples: ['# Report: passed\n\n40 rows were read.\n'] })

interface MigrationContext {
  db: Database<JournalTables>
  host: JobHost
  kinds: readonly JobKind[]
}

/** A migration job is one resource with one life cycle, whatever its kind. */
export function migrationRoutes(app: App, { db, host, kinds }: MigrationContext): void {
  startRoute(app, { db, host, kinds })
  for (const kind of kinds) if (kind.route !== undefined) shortRoute(app, { db, host }, kind, kind.route)
  readingRoutes(app, db)
  eventsRoute(app, db)
  requestRoutes(app, { db, host })
}

function startRoute(app: App, { db, host, kinds }: MigrationContext): void {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const schema = {
    operationId: 'startMigration',
    summary: 'Start a migration job',
    description: kinds.map(({ name, summary }) => `- \`${name}\`: ${summary}`).join('\n'),
    tags,
    headers: OnceHeaders,
    body: startMigration([...byName.keys()]),
    response: { 200: MigrationJob, 202: MigrationJob },
  }
  app.post('/migrations', { schema }, async (request, reply) => {
    const kind = byName.get(request.body.job)
    if (kind === undefined) throw notFound('job kind', request.body.job)
    const options = readPart(kind.options, request.body.options ?? {}, '/options')
    // An Idempotency-Key that was used before leads to the job of then, as it is now.
    const started = await host.start(kind, options, {
      make: (effect) => writeOnce(db, reply, effect),
      asked: askedBy(request, request.body.reason),
    })
    return answerJob(reply, await host.wait(started.id, preferredWait(request, reply) * 1000))
  })
}

/** A job that also has a route of its own: the body is its options. */
function shortRoute(
  app: App,
  { db, host }: Pick<MigrationContext, 'db' | 'host'>,
  kind: JobKind,
  { path, operationId }: NonNullable<JobKind['route']>,
): void {
  const schema = {
    operationId,
    summary: kind.summary,
    description: `The same as \`POST /admin/migrations\` with the job \`${kind.name}\`.`,
    tags,
    headers: OnceHeaders,
    body: kind.options,
    'x-body-optional': true,
    response: { 200: MigrationJob, 202: MigrationJob },
  }
  // Without a body it is asked for without options.
  const preValidation = async (request: FastifyRequest) => void (request.body ??= {})
  app.post(path, { schema, preValidation }, async (request, reply) => {
    const options = readPart(kind.options, request.body, '')
    const started = await host.start(kind, options, {
      make: (effect) => writeOnce(db, reply, effect),
      asked: askedBy(request),
    })
    return answerJob(reply, await host.wait(started.id, preferredWait(request, reply) * 1000))
  })
}

/** RFC 7240: `Prefer: wait=10`, `Prefer: respond-async`. In seconds; the answer says what of it was heeded. */
function preferredWait({ headers }: FastifyRequest, reply: FastifyReply): number {
  const heeded = (preference: string) => void reply.header('preference-applied', preference)
  const prefer = String(headers.prefer ?? '')
  const asked = /\bwait=(\d{1,6})\b/.exec(prefer)?.[1]
  if (/\brespond-async\b/.test(prefer)) {
    heeded('respond-async')
    return 0
  }
  if (asked === undefined) return DEFAULT_WAIT_SECONDS
  const seconds = Math.min(Number(asked), LONGEST_WAIT_SECONDS)
  heeded(`wait=${seconds}`)
  return seconds
}

function answerJob(reply: FastifyReply, job: Job) {
  if (isUnfinished(job)) void reply.code(202).header('location', pathOf(job.id)).header('retry-after', '1')
  return asWire(job)
}

function readingRoutes(app: App, db: Database<JournalTables>): void {
  const list = {
    operationId: 'listMigrations',
    summary: 'List migration jobs, newest first',
    description: 'A page at a time.',
    tags,
    querystring: Type.Object(PageQuery, { additionalProperties: false }),
    response: { 200: PageOf(MigrationJob) },
  }
  app.get('/migrations', { schema: list }, async (request, reply) => {
    const page = readPage(request.query)
    return answerPage(request, reply, page, (await listJobs(db.reader, page)).map(asWire))
  })

  const get = {
    operationId: 'getMigration',
    summary: 'Get one migration job',
    description: 'Its state, how far it is, and its report once there is one.',
    tags,
    params: IdParams,
    response: { 200: MigrationJob },
  }
  app.get('/migrations/:id', { schema: get }, async (request) =>
    asWire(await getJob(db.reader, request.params.id)),
  )

  const report = {
    operationId: 'getMigrationReport',
    summary: 'Get the report of a migration job, as JSON or Markdown',
    description: 'Markdown where `Accept` names it, else JSON.',
    tags,
    params: IdParams,
    response: {
      200: {
        description: 'The report',
        content: { 'application/json': { schema: Report }, 'text/markdown': { schema: Markdown } },
      },
    },
    'x-problems': [409],
  }
  app.get('/migrations/:id/report', { schema: report }, async (request, reply) => {
    const job = await getJob(db.reader, request.params.id)
    if (job.report === null) throw conflict('no-report', `The job is ${job.state}: it has no report.`)
    const isForPerson = (request.headers.accept ?? '').includes('markdown')
    return isForPerson
      ? reply.type('text/markdown; charset=utf-8').send(reportMarkdown(job.report))
      : reply.send(job.report as Static<typeof Report>)
  })
}
