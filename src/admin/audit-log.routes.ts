import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { answerPage, invalidCursor, readPage } from '../http/page.js'
import { MADE, ids } from '../http/examples.js'
import { Id, Instant, Named, Nullable, PageOf, PageQuery, StringEnum } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { instantText } from '../http/wire.js'
import { auditActions, listAuditLog, type Asked } from '../migration/audit-log.js'
import type { JournalTables } from '../migration/tables.js'

const Entry = Named(
  'AuditLogEntry',
  Type.Object({
    id: Id(),
    at: Instant(),
    action: StringEnum(auditActions, { title: 'AuditAction' }),
    jobId: Nullable(Id()),
    job: Nullable(Type.String({ description: 'what kind of job' })),
    actor: Nullable(Type.String({ description: 'whose token; null where none is needed' })),
    address: Nullable(Type.String({ description: 'where the request came from' })),
    requestId: Nullable(Type.String()),
    options: Type.Unknown({ description: 'of the job; null for other entries' }),
    reason: Nullable(Type.String({ description: 'in the words of whoever asked' })),
    outcome: Nullable(Type.String({ description: 'how a job has ended' })),
    detail: Type.Unknown({
      description: 'the error of a job; before and after of stage and groups; or null',
    }),
  }),
  {
    id: '12',
    at: MADE,
    action: 'job-started',
    jobId: ids.job,
    job: 'migrate',
    actor: 'admin',
    address: '127.0.0.1',
    requestId: ids.request,
    options: { dryRun: true },
    reason: 'CHG-7',
    outcome: 'succeeded',
    detail: null,
  },
)

const Filters = {
  jobId: Type.Optional(Id()),
  action: Type.Optional(StringEnum(auditActions, { title: 'AuditAction' })),
}

/** As the audit log has it. */
export const askedBy = ({ caller, ip, id }: FastifyRequest, reason: string | null = null): Asked => ({
  actor: caller === 'anonymous' ? null : caller,
  address: ip,
  requestId: id,
  reason,
})

/** Every job and every change of a flag, for ever. */
export function auditLogRoutes(app: App, db: Kysely<JournalTables>): void {
  const schema = {
    operationId: 'listAuditLog',
    summary: 'List who asked for what, and what became of it, newest first',
    description: 'Nothing can be changed in it, nor taken from it.',
    tags: ['Audit log'],
    querystring: Type.Object({ ...PageQuery, ...Filters }, { additionalProperties: false }),
    response: { 200: PageOf(Entry) },
  }
  app.get('/audit-log', { schema }, async (request, reply) => {
    const { limit, cursor, ...filters } = request.query
    const page = readPage({ limit, ...(cursor === undefined ? {} : { cursor }) })
    if (page.after !== undefined && !/^\d{1,15}$/.test(page.after)) throw invalidCursor()
    const rows = await listAuditLog(db, page, filters)
    const items = rows.map((row) => ({
      ...row,
      id: String(row.id),
      at: instantText(row.at),
      options: parsed(row.options),
      detail: parsed(row.detail),
    }))
    return answerPage(request, reply, page, items)
  })
}

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json))
