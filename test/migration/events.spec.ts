import t from 'tap'
import { write, type Handle } from '../../src/db/database.js'
import { findJob, interruptJob } from '../../src/migration/jobs.repository.js'
import { finishJob, moveJob, startPhase, writeProgress, writeThrottle } from '../../src/migration/journal.js'
import { engine, queued } from './engine.js'

interface Told {
  id: number
  type: string
  data: Record<string, unknown>
}

const told = (handle: Handle, jobId: string): Told[] =>
  (
    handle.prepare('SELECT id, type, data FROM migration_events WHERE jobId = ? ORDER BY id').all(jobId) as {
      id: number
      type: string
      data: string
    }[]
  ).map((event) => ({ ...event, data: JSON.parse(event.data) as Record<string, unknown> }))

async function runningJob(t: Parameters<typeof engine>[0]) {
  const { handle, db } = await engine(t)
  const id = await queued(db)
  moveJob(handle, id, 'running')
  startPhase(handle, id, 'backfill')
  const job = async () => {
    const found = await findJob(db.reader, id)
    if (found === undefined) throw new Error('no job')
    return found
  }
  return { handle, db, id, job }
}

t.test('the events of a job', async (t) => {
  t.test('tell its states, phases, progress and end, in order', async (t) => {
    const { handle, id } = await runningJob(t)
    writeProgress(handle, id, 5, 10)
    finishJob(handle, id, { state: 'failed', report: null, error: { code: 'x', detail: 'y' } })
    const events = told(handle, id)
    t.match(events, [
      { type: 'state', data: { from: 'queued', to: 'running' } },
      { type: 'phase', data: { phase: 'backfill' } },
      { type: 'progress', data: { rowsDone: 5, rowsTotal: 10, percent: 50, throttle: null } },
      { type: 'state', data: { from: 'running', to: 'failed' } },
      { type: 'end', data: { state: 'failed', error: { code: 'x', detail: 'y' } } },
    ])
    const ids = events.map((event) => event.id)
    t.strictSame(
      ids,
      ids.toSorted((a, b) => a - b),
    )
  })

  const acts: Record<string, (handle: Handle, id: string) => void> = {
    'a move': (handle, id) => moveJob(handle, id, 'paused'),
    'a phase': (handle, id) => startPhase(handle, id, 'validate'),
    progress: (handle, id) => writeProgress(handle, id, 1, 2),
    'a throttle': (handle, id) => writeThrottle(handle, id, 'wal-size'),
    'an end': (handle, id) => finishJob(handle, id, { state: 'succeeded', report: null, error: null }),
  }
  for (const [what, act] of Object.entries(acts))
    t.test(`are there exactly when ${what} is`, async (t) => {
      const { handle, id } = await runningJob(t)
      const row = () => handle.prepare('SELECT * FROM migration_jobs').get()
      const before = { row: row(), events: told(handle, id) }
      handle.exec(
        `CREATE TRIGGER full BEFORE INSERT ON migration_events BEGIN SELECT raise(ABORT, 'full'); END`,
      )
      t.throws(() => act(handle, id), /full/)
      t.strictSame({ row: row(), events: told(handle, id) }, before)
      handle.exec('DROP TRIGGER full')
      act(handle, id)
      t.ok(told(handle, id).length > before.events.length)
    })

  t.test('tell that the runner is gone, once', async (t) => {
    const { handle, db, id, job } = await runningJob(t)
    for (const _ of [1, 2]) {
      const orphan = await job()
      await write(db, (trx) => interruptJob(trx, orphan))
    }
    t.equal((await job()).state, 'interrupted')
    const [last, ...more] = told(handle, id).slice(2)
    t.match(last, { type: 'state', data: { from: 'running', to: 'interrupted' } })
    t.same(more, [])
  })
})

t.test('events of progress', async (t) => {
  t.test('leave one for each whole percent, and the newest', async (t) => {
    const { handle, id } = await runningJob(t)
    for (let rows = 0; rows <= 9_990; rows += 10) writeProgress(handle, id, rows, 10_000)
    const percents = told(handle, id)
      .filter(({ type }) => type === 'progress')
      .map(({ data }) => data.percent)
    t.equal(percents.length, 100)
    t.strictSame(percents.slice(-2), [98.9, 99.9])
  })
  t.test('leave those before a phase or a state where they are', async (t) => {
    const { handle, id } = await runningJob(t)
    writeProgress(handle, id, 1, 10_000)
    moveJob(handle, id, 'paused')
    moveJob(handle, id, 'running')
    writeProgress(handle, id, 2, 10_000)
    writeProgress(handle, id, 3, 10_000)
    const types = told(handle, id).map(({ type }) => type)
    t.strictSame(types.slice(2), ['progress', 'state', 'state', 'progress'])
  })
  t.test('have ids that are never used twice', async (t) => {
    const { handle, id } = await runningJob(t)
    const seen = new Set<number>()
    for (let rows = 1; rows <= 20; rows++) {
      writeProgress(handle, id, rows, 10_000)
      seen.add(told(handle, id).at(-1)?.id ?? 0)
    }
    t.equal(seen.size, 20)
  })
  t.test('are not written when nothing was done', async (t) => {
    const { handle, id } = await runningJob(t)
    writeProgress(handle, id, 1, 10)
    const before = handle.pragma('data_version')
    const changes = () => handle.prepare('SELECT total_changes()').pluck().get()
    const count = changes()
    writeProgress(handle, id, 1, 10)
    t.strictSame([handle.pragma('data_version'), changes()], [before, count])
  })
})

t.test('a throttle', async (t) => {
  t.test('has a reason and an instant, which the job and its events show', async (t) => {
    const { handle, id, job } = await runningJob(t)
    const before = Date.now()
    writeThrottle(handle, id, 'writers-waiting')
    const { throttle } = await job()
    t.equal(throttle?.reason, 'writers-waiting')
    t.ok(throttle && throttle.since >= before && throttle.since <= Date.now())
    const since = new Date(throttle?.since ?? 0).toISOString()
    t.match(told(handle, id).at(-1), {
      type: 'progress',
      data: { throttle: { reason: 'writers-waiting', since } },
    })
  })
  t.test('keeps its begin while its reason stays, and writes nothing', async (t) => {
    const { handle, id, job } = await runningJob(t)
    writeThrottle(handle, id, 'disk-space')
    const first = await job()
    const count = handle.prepare('SELECT total_changes()').pluck().get()
    await new Promise((resolve) => setTimeout(resolve, 5))
    writeThrottle(handle, id, 'disk-space')
    t.equal(handle.prepare('SELECT total_changes()').pluck().get(), count)
    t.strictSame((await job()).throttle, first.throttle)
  })
  t.test('begins anew with another reason, and ends with null', async (t) => {
    const { handle, id, job } = await runningJob(t)
    writeThrottle(handle, id, 'disk-space')
    writeThrottle(handle, id, 'wal-size')
    t.equal((await job()).throttle?.reason, 'wal-size')
    writeThrottle(handle, id, null)
    t.equal((await job()).throttle, null)
    t.match(told(handle, id).at(-1), { type: 'progress', data: { throttle: null } })
  })
  t.test('ends with every move of the job', async (t) => {
    const { handle, id, job } = await runningJob(t)
    for (const to of ['paused', 'running', 'interrupted'] as const) {
      writeThrottle(handle, id, 'event-loop-delay')
      moveJob(handle, id, to)
      t.equal((await job()).throttle, null, to)
    }
  })
})
