/**
 * Loaded before the real server (`node --import`), in its main thread and in its workers: jobs reach named
 * points, and at one of them the process raises a signal on itself. The server knows nothing of it.
 *
 * `SIGNAL_AT="SIGKILL backfill: in a transaction #3"` names the signal, the point and the time of reaching
 * it; `POINTS_TO=FILE` writes down every point that is reached.
 */
import { appendFileSync } from 'node:fs'
import { getEnvironmentData, isMainThread, setEnvironmentData, workerData } from 'node:worker_threads'
import type { Handle } from '../../src/db/database.js'
import type { JobKind, Phase } from '../../src/migration/job.js'
import type { Run } from '../../src/migration/run.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'

/** A signal to the process reaches its threads a moment later: this one must not run on meanwhile. */
const UNTIL_THE_SIGNAL_ARRIVES_MS = 200

const [, signal, wanted, nth] = /^(SIG\w+) (.+) #(\d+)$/.exec(process.env.SIGNAL_AT ?? '') ?? []
const record = process.env.POINTS_TO

// The test runner's own handler would end the process for a write beyond its limit, which node leaves at an error.
if (isMainThread) process.on('SIGXFSZ', () => undefined)

/** How often the point is to be reached yet, by any thread of the process. */
const LEFT = 'times left until the signal'
if (isMainThread) setEnvironmentData(LEFT, new Int32Array(new SharedArrayBuffer(4)).fill(Number(nth)))
const timesLeft = getEnvironmentData(LEFT) as Int32Array

function reach(point: string): void {
  if (record !== undefined) appendFileSync(record, `${point}\n`)
  if (point !== wanted || Atomics.sub(timesLeft, 0, 1) !== 1) return
  process.kill(process.pid, signal)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, UNTIL_THE_SIGNAL_ARRIVES_MS)
}

/** The same run, which says when its transactions and rests are reached. */
const watchedRun = (run: Run, name: string): Run =>
  Object.assign(Object.create(run) as Run, {
    transaction<Result>(act: () => Result): Result {
      const result = run.transaction(() => {
        const inner = act()
        reach(`${name}: in a transaction`)
        return inner
      })
      reach(`${name}: after a transaction`)
      return result
    },
    // A small file has as many chunks as a large one under load.
    mayGoOn: () => false,
    async asyncTransaction(act: Parameters<Run['asyncTransaction']>[0]) {
      await run.asyncTransaction(async (trx) => {
        await act(trx)
        reach(`${name}: in a transaction`)
      })
      reach(`${name}: after a transaction`)
    },
    async rest() {
      reach(`${name}: rests`)
      await run.rest()
    },
  })

/** The end of a job is the engine's own transaction: a temporary trigger of this connection is in it. */
function watchEnd(db: Handle): void {
  db.function('reach', (point) => reach(String(point)))
  db.exec(`CREATE TEMP TRIGGER IF NOT EXISTS job_ends AFTER UPDATE OF finishedAt ON main.migration_jobs
    BEGIN SELECT reach('end: in a transaction'); END`)
}

const nameOf = (run: Run, phase: Phase) => (run.isScratch ? `dry run, ${phase.name}` : phase.name)

function watchedPhase(phase: Phase): Phase {
  const watched = async (name: string, run: Run, act: (run: Run) => Promise<void> | undefined) => {
    reach(`${name}: begins`)
    await act(watchedRun(run, name))
    reach(`${name}: ends`)
  }
  const undo = (run: Run) => watched(`undo of ${phase.name}`, run, (one) => phase.undo?.(one))
  return {
    ...phase,
    run(run) {
      if (!run.isScratch) watchEnd(run.db)
      return watched(nameOf(run, phase), run, (one) => phase.run(one))
    },
    ...(phase.undo === undefined ? {} : { undo }),
  }
}

function watchKind(kind: JobKind): void {
  const original = { ...kind }
  Object.assign(kind, {
    admit(...given) {
      original.admit(...given)
      reach('start: in a transaction')
      // The commit and the worker's launch are microtasks: both come before this.
      setImmediate(() => reach('start: after a transaction'))
    },
    phases: (options) => original.phases(options).map(watchedPhase),
  } satisfies Partial<JobKind>)
}

const isJobWorker = !isMainThread && typeof workerData === 'object' && 'jobId' in (workerData as object)
if (isJobWorker) reach('queued: a worker begins')
for (const kind of jobKinds) watchKind(kind)
