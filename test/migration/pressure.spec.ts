import t, { type Test } from 'tap'
import { write, type Handle } from '../../src/db/database.js'
import { WaitingWriters } from '../../src/db/waiting-writers.js'
import { delayIn, watchEventLoopDelay } from '../../src/migration/event-loop-delay.js'
import { requestOf } from '../../src/migration/jobs.repository.js'
import { createPressure, defaultLimits, type Limits } from '../../src/migration/pressure.js'
import { runHere } from '../to-v2/migrated.js'
import { engine, eventsOf, kindOf, phase, queued, writtenRows } from './engine.js'

const noSpaceIsEnough: Limits = {
  ...defaultLimits,
  freeSpace: { partOfFile: 0, leastBytes: Number.MAX_SAFE_INTEGER, mostBytes: Number.MAX_SAFE_INTEGER },
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function pressed(t: Test, { limits = defaultLimits, isFull = false } = {}) {
  const { path } = await engine(t)
  const waiting = WaitingWriters.create()
  const eventLoopDelay = new SharedArrayBuffer(4)
  const wal = { keep: () => undefined, isFull: () => isFull }
  const pressure = createPressure({ path, waiting, eventLoopDelay, wal, limits })
  return { pressure, waiting, setDelay: (ms: number) => (new Int32Array(eventLoopDelay)[0] = ms) }
}

t.test('a job is held back', async (t) => {
  t.test('not at all where nothing presses', async (t) => {
    t.equal((await pressed(t)).pressure.reason(0), null)
  })

  t.test('for the disk and the WAL as long as it takes', async (t) => {
    const disk = await pressed(t, { limits: noSpaceIsEnough, isFull: true })
    t.equal(disk.pressure.reason(0), 'disk-space')
    t.equal(disk.pressure.reason(1e9), 'disk-space')
    t.equal((await pressed(t, { isFull: true })).pressure.reason(1e9), 'wal-size')
  })

  t.test(
    'for writers and for the event loop, but not for ever: a busy server has its job done too',
    async (t) => {
      const { pressure, waiting, setDelay } = await pressed(t)
      await waiting.whileWaiting(async () => {
        t.equal(pressure.reason(0), 'writers-waiting')
        t.equal(pressure.reason(1_000), null)
      })
      setDelay(100)
      t.equal(pressure.reason(0), null)
      setDelay(101)
      t.equal(pressure.reason(999), 'event-loop-delay')
      t.equal(pressure.reason(1_000), null)
    },
  )
})

t.test('the delay of the event loop', async (t) => {
  t.test('is seen in the shared memory when it is held up, and is over afterwards', async (t) => {
    const delay = watchEventLoopDelay()
    t.teardown(() => delay.stop())
    await pause(50)
    const until = performance.now() + 400
    while (performance.now() < until);
    const seen = async (isSeen: () => boolean) => {
      for (let tries = 0; tries < 1_000 && !isSeen(); tries++) await pause(5)
      return isSeen()
    }
    t.ok(await seen(() => delayIn(delay.memory) > 200))
    t.ok(await seen(() => delayIn(delay.memory) < 200))
  })
})

t.test('a job that is held back', async (t) => {
  const reasons = (handle: Handle) =>
    handle
      .prepare(
        `SELECT data ->> '$.throttle.reason' FROM migration_events WHERE type = 'progress' ORDER BY id`,
      )
      .pluck()
      .all()

  t.test('says why, and goes on when there is space again', async (t) => {
    const { path, handle } = await engine(t)
    const limits = structuredClone(noSpaceIsEnough)
    let rowsWhileHeld: unknown
    let reasonsWhileHeld: unknown[] = []
    setTimeout(() => {
      rowsWhileHeld = writtenRows(handle)
      reasonsWhileHeld = reasons(handle)
      limits.freeSpace.leastBytes = limits.freeSpace.mostBytes = 0
    }, 700)
    const kinds = [
      kindOf([
        phase('validate', async (run) => {
          run.transaction(() => void run.db.exec('INSERT INTO written VALUES (1)'))
          await run.rest()
          run.transaction(() => void run.db.exec('INSERT INTO written VALUES (2)'))
        }),
      ]),
    ]
    t.equal((await runHere(path, 'trial', {}, { kinds, limits })).state, 'succeeded')
    t.equal(rowsWhileHeld, 1)
    t.strictSame(reasonsWhileHeld, ['disk-space'])
    t.strictSame(reasons(handle), [null])
  })

  t.test('says nothing of a moment', async (t) => {
    const { path, handle } = await engine(t)
    const waiting = WaitingWriters.create()
    const resting = phase('validate', async (run) => {
      const wait = waiting.whileWaiting(() => pause(120))
      await run.rest()
      await wait
    })
    t.equal((await runHere(path, 'trial', {}, { kinds: [kindOf([resting])], waiting })).state, 'succeeded')
    t.strictSame(reasons(handle), [])
  })

  t.test('can be paused, resumed and cancelled', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    const ask = (requested: 'pause' | 'cancel' | null) => write(db, (trx) => requestOf(trx, id, requested))
    setTimeout(() => void ask('pause'), 100)
    setTimeout(() => void ask(null), 500)
    setTimeout(() => void ask('cancel'), 900)
    const kinds = [kindOf([phase('validate', (run) => run.rest())])]
    const job = await runHere(path, 'trial', {}, { kinds, limits: noSpaceIsEnough, jobId: id })
    t.equal(job.state, 'cancelled')
    t.strictSame(eventsOf(handle, id), ['running', 'paused', 'running', 'cancelled'])
  })
})

t.test('a full disk', async (t) => {
  /** SQLite takes this for a full disk; the error is the same one. */
  const filled = (handle: Handle, isFull: boolean) =>
    handle.pragma(`max_page_count = ${isFull ? 1 : 4_294_967_294}`)
  const fill = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    INSERT INTO written SELECT n FROM numbers`

  t.test('ends the job as failed, and it is taken back', async (t) => {
    const { path, handle } = await engine(t)
    const kinds = [
      kindOf([
        phase(
          'validate',
          (run) => {
            filled(run.db, true)
            run.transaction(() => run.db.exec(fill))
          },
          (run) => {
            filled(run.db, false)
          },
        ),
      ]),
    ]
    const { state, error, report } = await runHere(path, 'trial', {}, { kinds })
    t.match(
      { state, error, report },
      { state: 'failed', error: { code: 'disk-full' }, report: { status: 'failed' } },
    )
    t.match(error?.detail, /no space left/)
    t.equal(writtenRows(handle), 0)
  })

  t.test('on which not even that can be written down has it told once there is room', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    const stateOf = () => handle.prepare('SELECT state FROM migration_jobs WHERE id = ?').pluck().get(id)
    let stateWhileFull: unknown
    const kinds = [
      kindOf([
        phase('validate', (run) => {
          filled(run.db, true)
          setTimeout(() => {
            stateWhileFull = stateOf()
            filled(run.db, false)
          }, 1_500)
          run.findings.mappings = Array.from({ length: 2_000 }, (_, n) => ({
            milestoneId: String(n),
            taskType: '',
            code: '',
            name: 'A report that needs pages of its own',
            sectionName: '',
            rule: '',
          }))
          run.transaction(() => run.db.exec(fill))
        }),
      ]),
    ]
    const { state, error } = await runHere(path, 'trial', {}, { kinds, jobId: id })
    t.equal(stateWhileFull, 'running')
    t.match({ state, error }, { state: 'failed', error: { code: 'disk-full' } })
  })
})
