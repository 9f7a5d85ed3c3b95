import { Readable } from 'node:stream'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyTypeProviderDefault } from 'fastify'
import type { Kysely } from 'kysely'
import { asAttachment } from '../../../http/content-disposition.js'
import { csvLines } from '../../../http/csv.js'
import { answerPage, readPage } from '../../../http/page.js'
import { MADE, ids } from '../../../http/examples.js'
import { Id, Instant, Line, Named, Nullable, PageOf, PageQuery, StringEnum } from '../../../http/schemas.js'
import type { App } from '../../../http/type-provider.js'
import { toWire } from '../../../http/wire.js'
import { listQuarantine, resolutions, type QuarantinedRow } from './quarantine.repository.js'

const ROWS_AT_ONCE = 200

const Quarantined = Named(
  'QuarantinedRow',
  Type.Object({
    id: Id(),
    table: Type.String({ description: 'of v1' }),
    rowId: Type.String(),
    reason: Type.String({
      description:
        'the class and the column, such as `bad-date:dueDate`; `dependant:<column>` where its parent is held',
    }),
    row: Nullable(
      Type.Unknown({
        description:
          'v1’s row as it was then; a BLOB is `{"hex": …}`, an integer beyond 2^53 `{"integer": …}`',
      }),
    ),
    jobId: Nullable(Id('the run that found it so last; null where no run has yet')),
    at: Instant(),
    resolution: Nullable(
      StringEnum(resolutions, { description: 'null while it waits; gone: it is no more in v1 either' }),
    ),
    resolvedAt: Nullable(Instant()),
  }),
  {
    id: ids.quarantined,
    table: 'supplier_task_instances',
    rowId: 'i-17',
    reason: 'bad-date:dueDate',
    row: { id: 'i-17', status: 'in_progress', dueDate: 'soon' },
    jobId: ids.job,
    at: MADE,
    resolution: null,
    resolvedAt: null,
  },
)

const Filters = {
  table: Type.Optional(Line({ description: 'of v1' })),
  reason: Type.Optional(Line({ description: 'a class, or a class and a column' })),
  jobId: Type.Optional(Id()),
  resolution: Type.Optional(StringEnum(['waiting', ...resolutions])),
}
const tags = ['Quarantine']

/** Rows that v2 does not hold, and why. */
export function quarantineRoutes(app: App, db: Kysely<unknown>): void {
  const schema = {
    operationId: 'listQuarantine',
    summary: 'List the rows that v2 does not hold',
    description: 'They are in v1, and come over the moment that they are mended there.',
    tags,
    querystring: Type.Object({ ...PageQuery, ...Filters }, { additionalProperties: false }),
    response: { 200: PageOf(Quarantined) },
  }
  app.get('/quarantine', { schema }, async (request, reply) => {
    const { limit, cursor, ...filters } = request.query
    const page = readPage({ limit, ...(cursor === undefined ? {} : { cursor }) })
    const rows = await listQuarantine(db, page, filters)
    return answerPage(request, reply, page, rows.map(asWire))
  })
  exportRoute(app, db)
}

const asWire = (row: QuarantinedRow): Static<typeof Quarantined> =>
  toWire(Quarantined, { ...row, row: row.row === null ? null : (JSON.parse(row.row) as unknown) })

const csv = {
  description: 'RFC 4180, UTF-8, with a header line; `row` as JSON',
  content: {
    'text/csv': {
      schema: Type.String({ examples: ['"table","rowId"\r\n"supplier_task_instances","i-17"\r\n'] }),
    },
  },
}
const columns = ['table', 'rowId', 'reason', 'row', 'jobId', 'at', 'resolution', 'resolvedAt'] as const

function exportRoute(app: App, db: Kysely<unknown>): void {
  const schema = {
    operationId: 'exportQuarantine',
    summary: 'Export the rows that v2 does not hold as CSV',
    description: 'All of them, or those that the filters name.',
    tags,
    querystring: Type.Object(Filters, { additionalProperties: false }),
    response: { 200: csv },
  }
  app.withTypeProvider<FastifyTypeProviderDefault>().get<{
    Querystring: Static<ReturnType<typeof Type.Object<typeof Filters>>>
  }>('/quarantine.csv', { schema, exposeHeadRoute: false }, async (request, reply) =>
    reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', asAttachment('quarantine.csv'))
      .header('x-content-type-options', 'nosniff')
      .send(Readable.from(linesOf(db, request.query), { objectMode: false })),
  )
}

async function* linesOf(
  db: Kysely<unknown>,
  filters: Parameters<typeof listQuarantine>[2],
): AsyncGenerator<string> {
  yield csvLines([columns])
  for (let after: string | undefined; ;) {
    const rows = await listQuarantine(db, { limit: ROWS_AT_ONCE, after }, filters)
    const page = rows.slice(0, ROWS_AT_ONCE)
    const wire = page.map((row) => ({ ...asWire(row), row: row.row }))
    yield csvLines(wire.map((row) => columns.map((column) => row[column])))
    if (rows.length <= ROWS_AT_ONCE) return
    after = page.at(-1)?.id
  }
}
