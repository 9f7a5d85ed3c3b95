import { Type, type Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '../db/database.js'
import { answerPage, readPage } from '../http/page.js'
import { IdParams, PageOf, PageQuery, ProblemAnswers } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { readPart } from '../http/validation.js'
import { toWire } from '../http/wire.js'
import { conflict, notFound } from '../kernel/problem.js'
import type { JobHost } from '../migration/host.js'
import type { JobKind } from '../migration/job.js'
import { findJob, isUnfinished, listJobs, type Job } from '../migration/jobs.repository.js'
import { reportMarkdown } from '../migration/report-markdown.js'
import type { JournalTables } from '../migration/tables.js'
import { MigrationJob, Report, startMigration } from './migrations.schemas.js'

const DEFAULT_WAIT_SECONDS = 60
const LONGEST_WAIT_SECONDS = 600
const tags = ['Migrations']

const pathOf = (id: string) => `/admin/migrations/${id}`

const asWire = (job: Job): Static<typeof MigrationJob> =>
  toWire(MigrationJob, { ...job, links: { self: pathOf(job.id), report: `${pathOf(job.id)}/report` } })

/** A migration job is one resource with one life cycle, whatever its kind. */
export function migrationRoutes(
  app: App,
  { db, host, kinds }: { db: Database<JournalTables>; host: JobHost; kinds: readonly JobKind[] },
): void {
  startRoute(app, host, kinds)
  readingRoutes(app, db)
  for (const [action, requested] of [
    ['pause', 'pause'],
    ['resume', null],
    ['cancel', 'cancel'],
  ] as const)
    requestRoute(app, host, action, requested)
}

function startRoute(app: App, host: JobHost, kinds: readonly JobKind[]): void {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const schema = {
    operationId: 'startMigration',
    summary: 'Start a migration job',
    description: kinds.map(({ name, summary }) => `- \`${name}\`: ${summary}`).join('\n'),
    tags,
    body: startMigration([...byName.keys()]),
    response: { 200: MigrationJob, 202: MigrationJob, ...ProblemAnswers },
  }
  app.post('/migrations', { schema }, async (request, reply) => {
    const kind = byName.get(request.body.job)
    if (kind === undefined) throw notFound('job kind', request.body.job)
    const options = readPart(kind.options, request.body.options ?? {}, '/options')
    const started = await host.start(kind, options)
    return answerJob(reply, await host.wait(started.id, waitSeconds(request) * 1000))
  })
}

/** RFC 7240: `Prefer: wait=10`, `Prefer: respond-async`. */
function waitSeconds({ headers }: FastifyRequest): number {
  const prefer = String(headers.prefer ?? '')
  if (/\brespond-async\b/.test(prefer)) return 0
  const asked = /\bwait=(\d{1,6})\b/.exec(prefer)?.[1]
  return asked === undefined ? DEFAULT_WAIT_SECONDS : Math.min(Number(asked), LONGEST_WAIT_SECONDS)
}

function answerJob(reply: FastifyReply, job: Job) {
  if (isUnfinished(job)) void reply.code(202).header('location', pathOf(job.id)).header('retry-after', '1')
  return asWire(job)
}

function readingRoutes(app: App, db: Database<JournalTables>): void {
  const getJob = async (id: string) => {
    const job = await findJob(db.reader, id)
    if (job === undefined) throw notFound('migration job', id)
    return job
  }
  const list = {
    operationId: 'listMigrations',
    summary: 'List migration jobs, newest first',
    tags,
    querystring: Type.Object(PageQuery, { additionalProperties: false }),
    response: { 200: PageOf(MigrationJob), ...ProblemAnswers },
  }
  app.get('/migrations', { schema: list }, async (request, reply) => {
    const page = readPage(request.query)
    return answerPage(request, reply, page, (await listJobs(db.reader, page)).map(asWire))
  })

  const get = {
    operationId: 'getMigration',
    summary: 'Get one migration job',
    tags,
    params: IdParams,
    response: { 200: MigrationJob, ...ProblemAnswers },
  }
  app.get('/migrations/:id', { schema: get }, async (request) => asWire(await getJob(request.params.id)))

  const report = {
    operationId: 'getMigrationReport',
    summary: 'Get the report of a migration job, as JSON or Markdown',
    tags,
    params: IdParams,
    response: { 200: Type.Union([Report, Type.String()]), ...ProblemAnswers },
  }
  app.get('/migrations/:id/report', { schema: report }, async (request, reply) => {
    const job = await getJob(request.params.id)
    if (job.report === null) throw conflict('no-report', `The job is ${job.state}: it has no report.`)
    const isForPerson = (request.headers.accept ?? '').includes('markdown')
    return isForPerson
      ? reply.type('text/markdown; charset=utf-8').send(reportMarkdown(job.report))
      : reply.send(job.report as Static<typeof Report>)
  })
}

function requestRoute(app: App, host: JobHost, action: string, requested: 'pause' | 'cancel' | null): void {
  const schema = {
    operationId: `${action}Migration`,
    summary: `${action.replace(/^./, (first) => first.toUpperCase())} a migration job; takes effect after the chunk at hand`,
    tags,
    params: IdParams,
    response: { 200: MigrationJob, ...ProblemAnswers },
  }
  app.post(`/migrations/:id/${action}`, { schema }, async (request) =>
    asWire(await host.request(request.params.id, requested)),
  )
}
