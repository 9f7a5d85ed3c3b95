import { Type } from '@sinclair/typebox'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Database } from '../db/database.js'
import { IdParams } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import {
  createEventFeed,
  listEvents,
  placeAfter,
  type EventFeed,
  type JobEvent,
} from '../migration/event-feed.js'
import { getJob, isUnfinished } from '../migration/jobs.repository.js'
import type { JournalTables } from '../migration/tables.js'

const patience = {
  /** Proxies cut off what is silent for half a minute. */
  heartbeatMs: 15_000,
  /** Who takes nothing for so long, not even heartbeats, may come back with Last-Event-ID. */
  stalledMs: 60_000,
}
/** What a client may take to read the rest when the server closes. */
const LAST_WORDS_MS = 1_000
const RECONNECT_MS = 1_000

const EventStream = Type.Unsafe<Readable>({
  type: 'string',
  description: 'Each event has an `id`, an `event`, and `data` on one line, as JSON.',
  examples: [
    'id: 7\nevent: phase\ndata: {"at":"2026-03-02T00:00:00.000Z","phase":"backfill"}\n\n' +
      'id: 31\nevent: progress\ndata: {"at":"2026-03-02T00:00:05.000Z","rowsDone":5000,"rowsTotal":20000,' +
      '"percent":25,"rowsPerSecond":1000,"etaSeconds":15,"throttle":null}\n\n',
  ],
})

const schema = {
  operationId: 'followMigration',
  summary: 'Follow a migration job: server-sent events',
  description: [
    'All that became of the job so far, and then each thing as it happens, up to `end`, which closes the stream:',
    '- `progress`: `progress` and `throttle` of the job; thinned to about one a percent when read later',
    '- `phase`: `{phase}`, which begins',
    '- `state`: `{from, to}`',
    '- `end`: `{state, error}`',
    '',
    'Ids grow, survive a restart, and are the same from every process that serves the database: with `Last-Event-ID` ' +
      'the stream goes on after that event. An id that is ahead of the journal is of another one, and the stream ' +
      'begins anew; what is no id is refused. A client that has read `end` gets 204, which tells an EventSource not to come back.',
    '',
    'A comment is sent in silence, every 15 seconds. Who takes nothing for a minute is cut off.',
  ].join('\n'),
  tags: ['Migrations'],
  params: IdParams,
  headers: Type.Object({
    'last-event-id': Type.Optional(
      Type.String({ pattern: '^\\d{0,15}$', description: 'the id of the last event that was read' }),
    ),
  }),
  response: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: EventStream } } },
    204: Type.Null({ description: 'The job has ended, and the client knows' }),
  },
}

/** GET /migrations/:id/events. */
export function eventsRoute(
  app: App,
  db: Database<JournalTables>,
  { heartbeatMs, stalledMs } = patience,
): void {
  const feed = createEventFeed(db.reader, heartbeatMs)
  const open = new Set<ServerResponse>()
  app.addHook('preClose', async () => {
    feed.close()
    // Whoever does not read would keep its connection, and the server, open for ever.
    setTimeout(() => open.forEach((response) => response.destroy()), LAST_WORDS_MS).unref()
  })

  app.get('/migrations/:id/events', { schema }, async (request, reply) => {
    const job = await getJob(db.reader, request.params.id)
    const after = await placeAfter(db.reader, Number(request.headers['last-event-id'] ?? 0))
    const hasReadAll =
      after > 0 && !isUnfinished(job) && (await listEvents(db.reader, job.id, after)).length === 0
    if (hasReadAll) return reply.code(204).send(null)

    const gone = new AbortController()
    open.add(reply.raw)
    reply.raw.once('close', () => {
      open.delete(reply.raw)
      gone.abort()
    })
    reply.raw.setTimeout(stalledMs, () => reply.raw.destroy())
    return (
      reply
        .type('text/event-stream')
        // Kept for another request, the connection would outlive the stream, and hold up the server's end.
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
        .send(Readable.from(frames(feed, job.id, after, gone.signal)))
    )
  })
}

async function* frames(feed: EventFeed, jobId: string, after: number, signal: AbortSignal) {
  // At once, so that the client knows that it is heard.
  yield `retry: ${RECONNECT_MS}\n\n`
  for await (const event of feed.follow(jobId, after, signal))
    yield event === undefined ? ': quiet\n\n' : frame(event)
}

const frame = ({ id, type, data }: JobEvent) => `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`
