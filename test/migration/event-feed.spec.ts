import t, { type Test } from 'tap'
import { kyselyOver, openReaderHandle } from '../../src/db/database.js'
import { createEventFeed, listEvents, placeAfter, type JobEvent } from '../../src/migration/event-feed.js'
import { finishJob, moveJob, startPhase, writeProgress } from '../../src/migration/journal.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { engine, queued } from './engine.js'

const HOUR = 3_600_000
const never = new AbortController().signal
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A feed over a handle of its own, as another process has it, that counts its queries. */
async function fed(t: Test, heartbeatMs = HOUR) {
  const { path, handle, db } = await engine(t)
  const id = await queued(db)
  const asked = { queries: 0 }
  const reader = kyselyOver<JournalTables>(
    openReaderHandle(path),
    async () => undefined,
    () => asked.queries++,
  )
  t.teardown(() => reader.destroy())
  const feed = createEventFeed(reader, heartbeatMs)
  t.teardown(() => feed.close())
  return { handle, reader, feed, id, asked }
}

async function collect(events: AsyncGenerator<JobEvent | undefined>): Promise<JobEvent[]> {
  const seen: JobEvent[] = []
  for await (const event of events) if (event !== undefined) seen.push(event)
  return seen
}
const typesOf = (events: readonly JobEvent[]) => events.map(({ type }) => type)
const succeeded = { state: 'succeeded', report: null, error: null } as const

t.test('who follows a job', async (t) => {
  t.test('gets what happened before, then what happens, up to its end', async (t) => {
    const { handle, feed, id } = await fed(t)
    moveJob(handle, id, 'running')
    const seen = collect(feed.follow(id, 0, never))
    await pause(150)
    startPhase(handle, id, 'validate')
    await pause(150)
    finishJob(handle, id, succeeded)
    const events = await seen
    t.strictSame(typesOf(events), ['state', 'phase', 'state', 'end'])
    t.match(JSON.parse(events[1]?.data ?? ''), { at: /^\d{4}-.*Z$/, phase: 'validate' })
  })
  t.test('goes on after the event that it names', async (t) => {
    const { handle, reader, feed, id } = await fed(t)
    moveJob(handle, id, 'running')
    startPhase(handle, id, 'validate')
    finishJob(handle, id, succeeded)
    const all = await listEvents(reader, id, 0)
    for (const [index, event] of all.entries())
      if (index < all.length - 1)
        t.strictSame(await collect(feed.follow(id, event.id, never)), all.slice(index + 1))
  })
  t.test('gets more than a page, each once and in order', async (t) => {
    const { handle, feed, id } = await fed(t)
    moveJob(handle, id, 'running')
    for (let n = 0; n < 350; n++) startPhase(handle, id, 'validate')
    finishJob(handle, id, succeeded)
    const ids = (await collect(feed.follow(id, 0, never))).map((event) => event.id)
    t.equal(ids.length, 353)
    t.strictSame(
      ids,
      [...new Set(ids)].toSorted((a, b) => a - b),
    )
  })
  t.test('gets nothing of another job', async (t) => {
    const { handle, feed, id } = await fed(t)
    moveJob(handle, id, 'running')
    finishJob(handle, id, succeeded)
    handle.exec(
      `INSERT INTO migration_jobs (id, job, options, state, createdAt) VALUES ('other', 'trial', '{}', 'queued', 0)`,
    )
    moveJob(handle, 'other', 'running')
    finishJob(handle, 'other', succeeded)
    t.strictSame(typesOf(await collect(feed.follow('other', 0, never))), ['state', 'state', 'end'])
  })
  t.test('hears a heartbeat in silence, and none while there is something to tell', async (t) => {
    const { handle, feed, id } = await fed(t, 200)
    const heard: (string | undefined)[] = []
    const following = (async () => {
      for await (const event of feed.follow(id, 0, never)) heard.push(event?.type)
    })()
    await pause(700)
    t.ok(heard.length >= 2 && heard.length <= 4, `${heard.length} in 0.7 s`)
    t.ok(heard.every((type) => type === undefined))
    moveJob(handle, id, 'running')
    finishJob(handle, id, succeeded)
    await following
    t.strictSame(heard.slice(-3), ['state', 'state', 'end'])
  })
  t.test('is let go when it leaves, and when the feed closes', async (t) => {
    const { feed, id } = await fed(t)
    const gone = new AbortController()
    const left = collect(feed.follow(id, 0, gone.signal))
    const stays = collect(feed.follow(id, 0, never))
    await pause(50)
    gone.abort()
    t.same(await left, [])
    feed.close()
    t.same(await stays, [])
    t.same(await collect(feed.follow(id, 0, never)), [])
  })
})

t.test('many who follow one job', async (t) => {
  const FOLLOWERS = 200

  t.test('ask the journal as often as one does, and all get everything', async (t) => {
    const { handle, feed, id, asked } = await fed(t)
    moveJob(handle, id, 'running')
    const began = performance.now()
    const all = Array.from({ length: FOLLOWERS }, () => collect(feed.follow(id, 0, never)))
    for (let rows = 1; rows <= 10; rows++) {
      await pause(100)
      writeProgress(handle, id, rows * 10, 100)
    }
    finishJob(handle, id, succeeded)
    const seen = await Promise.all(all)
    const polls = (performance.now() - began) / 100
    const [first = []] = seen
    t.ok(first.length >= 5, `${first.length} events`)
    for (const one of seen) t.strictSame(typesOf(one).at(-1), 'end')
    // One at each place a poll; those that read a page ask for what follows it, too.
    t.ok(asked.queries <= polls * 2 + 4, `${asked.queries} queries in ${polls.toFixed()} polls`)
  })

  t.test('are read for no further than they have room', async (t) => {
    const { handle, feed, id, asked } = await fed(t)
    moveJob(handle, id, 'running')
    for (let n = 0; n < 1_000; n++) startPhase(handle, id, 'validate')
    const slow = feed.follow(id, 0, never)
    await slow.next()
    await pause(300)
    t.equal(asked.queries, 1, 'one page was read')
    for (let n = 0; n < 250; n++) await slow.next()
    t.equal(asked.queries, 3)
    await slow.return(undefined)
  })
})

t.test('the place of an event', async (t) => {
  const { handle, reader, id } = await fed(t)
  moveJob(handle, id, 'running')
  const [event] = await listEvents(reader, id, 0)
  const newest = event?.id ?? 0

  t.test('is after it, whether it is there still or not', async (t) => {
    t.equal(await placeAfter(reader, newest), newest)
    t.equal(await placeAfter(reader, 0), 0)
  })
  t.test('is the beginning when it is ahead of the journal', async (t) => {
    t.equal(await placeAfter(reader, newest + 1), 0)
  })
  t.test('is the beginning of an empty journal', async (t) => {
    const empty = await fed(t)
    t.equal(await placeAfter(empty.reader, 5), 0)
  })
})
