import { Type } from '@sinclair/typebox'
import type { Database } from '../db/database.js'
import { answerPage, invalidCursor, readPage } from '../http/page.js'
import { MADE } from '../http/examples.js'
import { OnceHeaders, writeOnce } from '../http/idempotency.js'
import { Body, Id, Instant, Line, Named, Nullable, PageOf, PageQuery } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { instantText } from '../http/wire.js'
import { conflict } from '../kernel/problem.js'
import { putOnRecord } from '../migration/audit-log.js'
import { getState } from '../migration/state.js'
import type { JournalTables } from '../migration/tables.js'
import { askedBy } from './audit-log.routes.js'
import { listUsage, type UsageRecorder } from './v1-usage.js'

const MINUTE_MS = 60_000
const LONGEST_MINUTES = 240

const Day = (description: string) => Type.String({ format: 'date', description })

const Usage = Named(
  'V1Usage',
  Type.Object({
    id: Id(),
    day: Type.String({ description: 'UTC' }),
    route: Type.String({ examples: ['GET /v1/tasks/:id'] }),
    client: Type.String({ description: 'whose token; anonymous where none is needed' }),
    userAgent: Type.String({ description: '(others) where a day has too many to tell apart' }),
    requests: Type.Integer(),
    lastAt: Instant(),
  }),
  {
    id: '3',
    day: '2026-02-02',
    route: 'GET /v1/tasks/:id',
    client: 'api',
    userAgent: 'tracker-web/4.2',
    requests: 812,
    lastAt: MADE,
  },
)

const StartBrownout = Named(
  'StartBrownout',
  Body({
    minutes: Type.Number({ minimum: 0, maximum: LONGEST_MINUTES }),
    reason: Type.Optional(Line({ maxLength: 1000, description: 'for the audit log' })),
  }),
  { minutes: 10, reason: 'CHG-8' },
)

const Brownout = Named('Brownout', Type.Object({ until: Nullable(Instant()) }), {
  until: '2026-02-02T08:40:00.000Z',
})

const notCutOver = () =>
  conflict(
    'not-cut-over',
    'Clients of /v1 have nowhere to go until v2 serves every group: cut over first, or there is no v1 any more.',
  )

interface UsageContext {
  db: Database<JournalTables>
  usage: Pick<UsageRecorder, 'flush'>
  now: () => number
}

/** Who still calls /v1: what a farewell is decided by. */
export function v1UsageRoutes(app: App, { db, usage, now }: UsageContext): void {
  const list = {
    operationId: 'listV1Usage',
    summary: 'List who calls which route of /v1, by day',
    description: 'Counted by route, token and user agent; written down every five seconds.',
    tags: ['Usage of v1'],
    querystring: Type.Object(
      {
        ...PageQuery,
        from: Type.Optional(Day('the first day')),
        to: Type.Optional(Day('the last day')),
        client: Type.Optional(Line()),
      },
      { additionalProperties: false },
    ),
    response: { 200: PageOf(Usage) },
  }
  app.get('/v1-usage', { schema: list }, async (request, reply) => {
    const { limit, cursor, ...filters } = request.query
    const page = readPage({ limit, ...(cursor === undefined ? {} : { cursor }) })
    if (page.after !== undefined && !/^\d{1,15}$/.test(page.after)) throw invalidCursor()
    await usage.flush()
    const rows = await listUsage(db.reader, page, filters)
    const items = rows.map((row) => ({ ...row, id: String(row.id), lastAt: instantText(row.lastAt) }))
    return answerPage(request, reply, page, items)
  })
  brownoutRoute(app, db, now)
}

function brownoutRoute(app: App, db: Database<JournalTables>, now: () => number): void {
  const schema = {
    operationId: 'startBrownout',
    summary: 'Let /v1 answer 503 for some minutes, to find clients that nobody knows of',
    description: '0 minutes end it. 409 `not-cut-over` while v2 does not serve every group.',
    tags: ['Usage of v1'],
    headers: OnceHeaders,
    body: StartBrownout,
    response: { 200: Brownout },
  }
  app.post('/brownout', { schema }, (request, reply) => {
    const { minutes, reason } = request.body
    return writeOnce(db, reply, {
      async act(trx) {
        if ((await getState(trx)).stage !== 'cutover') throw notCutOver()
        const until = minutes === 0 ? null : Math.ceil(now() + minutes * MINUTE_MS)
        await trx.updateTable('migration_state').set({ brownoutUntil: until }).execute()
        const asked = askedBy(request, reason)
        await putOnRecord(trx, { action: 'brownout', jobId: null, job: null, options: { minutes }, asked })
        return { until: instantText(until) }
      },
    })
  })
}
