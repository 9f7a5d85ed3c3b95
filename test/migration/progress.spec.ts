import t from 'tap'
import { jobStates } from '../../src/migration/job.js'
import { measured, noPace, progressOf, type Counters, type Pace } from '../../src/migration/progress.js'

const NOW = Date.UTC(2026, 2, 2)

const counters = (given: Partial<Counters>): Counters => ({
  state: 'running',
  rowsDone: 0,
  rowsTotal: 0,
  startedAt: NOW - 10_000,
  finishedAt: null,
  ...noPace,
  ...given,
})
const running = (given: Partial<Counters>) =>
  progressOf(
    counters({ rowsPerSecond: 1, measuredRows: given.rowsDone ?? 0, measuredAt: NOW, ...given }),
    NOW,
  )

t.test('the progress of a job', async (t) => {
  t.test('has no estimate before 1 % is done', async (t) => {
    t.match(running({ rowsDone: 9, rowsTotal: 1000 }), { percent: 0.9, rowsPerSecond: 1, etaSeconds: null })
  })
  t.test('has an estimate from 1 % on', async (t) => {
    t.match(running({ rowsDone: 10, rowsTotal: 1000 }), { percent: 1, rowsPerSecond: 1, etaSeconds: 990 })
  })
  t.test('is not 100 % before all is done', async (t) => {
    t.equal(running({ rowsDone: 999_999, rowsTotal: 1_000_000 }).percent, 99.9)
  })
  t.test('is 100 % and has no negative estimate when there were more rows than were counted', async (t) => {
    t.match(running({ rowsDone: 150, rowsTotal: 100 }), { percent: 100, etaSeconds: 0 })
  })
  t.test('is nothing before the job has begun', async (t) => {
    const queued = progressOf(counters({ state: 'queued', startedAt: null }), NOW)
    t.strictSame(queued, { rowsDone: 0, rowsTotal: 0, percent: 0, rowsPerSecond: 0, etaSeconds: null })
  })
  t.test('has no pace and no estimate until they were measured', async (t) => {
    const unmeasured = progressOf(counters({ rowsDone: 50, rowsTotal: 100 }), NOW)
    t.match(unmeasured, { percent: 50, rowsPerSecond: 0, etaSeconds: null })
  })
  for (const state of jobStates.filter((one) => one !== 'running'))
    t.test(`has no estimate when the job is ${state}`, async (t) => {
      t.equal(running({ state, rowsDone: 50, rowsTotal: 100 }).etaSeconds, null)
    })
  for (const state of ['paused', 'interrupted'] as const)
    t.test(`has no pace when the job is ${state}`, async (t) => {
      t.equal(running({ state, rowsDone: 50, rowsTotal: 100 }).rowsPerSecond, 0)
    })
  t.test('has the pace of the whole job once that has ended, which stands still', async (t) => {
    const ended = { state: 'succeeded', rowsDone: 100, rowsTotal: 100, finishedAt: NOW - 5_000 } as const
    t.match(progressOf(counters({ ...ended, startedAt: NOW - 15_000 }), NOW), {
      percent: 100,
      rowsPerSecond: 10,
      etaSeconds: null,
    })
    t.equal(progressOf(counters({ ...ended, startedAt: ended.finishedAt }), NOW).rowsPerSecond, 0)
  })
  t.test('bears a clock that was set back', async (t) => {
    const ahead = { rowsDone: 50, rowsTotal: 100, startedAt: NOW + 60_000, measuredAt: NOW + 60_000 }
    t.match(running(ahead), { percent: 50, rowsPerSecond: 1, etaSeconds: 50 })
  })
  t.test('fades when the runner falls silent, until there is no estimate any more', async (t) => {
    const paces = [0, 2, 12, 30, 120].map((seconds) =>
      running({ rowsDone: 50, rowsTotal: 1000, rowsPerSecond: 100, measuredAt: NOW - seconds * 1000 }),
    )
    t.strictSame(
      paces.map(({ rowsPerSecond }) => rowsPerSecond),
      [100, 100, 37, 6, 0],
    )
    t.equal(paces.at(-1)?.etaSeconds, null)
  })
})

t.test('the pace of a job', async (t) => {
  /** Tells `rows` every 200 ms, and gives the pace after each. */
  function told(rows: readonly number[], from: Pace = noPace): Pace[] {
    let done = from.measuredRows ?? 0
    let pace = from
    let at = from.measuredAt ?? NOW
    return rows.map((more) => {
      done += more
      at += 200
      return (pace = measured(pace, done, at))
    })
  }
  const steady = (rows: number, seconds: number) => Array.from({ length: seconds * 5 }, () => rows)

  t.test('is unknown for a second, and then what was measured', async (t) => {
    const paces = told(steady(20, 2)).map(({ rowsPerSecond }) => rowsPerSecond)
    t.strictSame(paces.slice(0, 5), [null, null, null, null, null])
    t.equal(paces[5], 100)
  })
  t.test('is no sum of what was done before it was measured', async (t) => {
    const [first] = told([40_000])
    t.match(first, { rowsPerSecond: null, measuredRows: 40_000 })
  })
  t.test('does not jump when one chunk is slow or fast', async (t) => {
    const before = told(steady(20, 10)).at(-1) ?? noPace
    const [slow] = told([0, 0, 0, 0, 0], before).slice(-1)
    const [fast] = told([100, 100, 100, 100, 100], before).slice(-1)
    t.ok(Math.abs((slow?.rowsPerSecond ?? 0) - 90.5) < 1, `a second of nothing: ${slow?.rowsPerSecond}`)
    t.ok(
      Math.abs((fast?.rowsPerSecond ?? 0) - 138) < 1,
      `a second five times as fast: ${fast?.rowsPerSecond}`,
    )
  })
  t.test('follows a change within half a minute', async (t) => {
    const before = told(steady(20, 10)).at(-1) ?? noPace
    const after = told(steady(200, 30), before).at(-1)
    t.ok(Math.abs((after?.rowsPerSecond ?? 0) - 1000) < 60, String(after?.rowsPerSecond))
  })
  t.test('begins anew when counting does, and when the clock is set back', async (t) => {
    const before = { rowsPerSecond: 100, measuredRows: 500, measuredAt: NOW }
    const anew = { rowsPerSecond: null, measuredAt: NOW + 200 }
    t.match(measured(before, 0, NOW + 200), { ...anew, measuredRows: 0 })
    t.match(measured(before, 600, NOW - 60_000), { ...anew, measuredRows: 600, measuredAt: NOW - 60_000 })
  })
})
