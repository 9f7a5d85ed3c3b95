import type { Transaction } from 'kysely'
import { kyselyOver, type Handle } from '../db/database.js'
import { sharedFlag, type SharedFlag } from '../db/shared-flag.js'
import type { WaitingWriters } from '../db/waiting-writers.js'
import { writerOn } from '../db/write-context.js'
import type { JobError, JournalJob } from './journal.js'
import { moveJob, writeProgress, writeThrottle } from './journal.js'
import { lockedTransaction, takeLock } from '../db/worker-lock.js'
import { defaultSettings, nowOf, type JobSettings } from './settings.js'
import { createPressure, defaultLimits, holdBack, type Limits } from './pressure.js'
import type { Findings } from './report.js'
import { createTurns, sleep } from './turns.js'
import { createWalKeeper } from './wal.js'

const PROGRESS_MS = 200
const PAUSE_POLL_MS = 100
const REST_POLL_MS = 50

/** Ends the job as failed, with what the operator needs to know. */
export class JobFailure extends Error {
  constructor(readonly error: JobError) {
    super(`${error.code}: ${error.detail}`)
    this.name = 'JobFailure'
  }
}

/** Ends the run before its end: the operator cancelled it, or its process stops and another goes on with it. */
export class JobStopped extends Error {
  constructor(readonly state: 'cancelled' | 'interrupted') {
    super(`The job was ${state}.`)
    this.name = 'JobStopped'
  }
}

/** Who runs the job: a runner that has been replaced finds another fence in the lease. */
export interface Owner {
  id: string
  fence: number
}

/** What a phase works with. */
export interface Run {
  job: JournalJob
  /** The database that the phases work on: the live one, or its scratch copy. */
  db: Handle
  path: string
  isScratch: boolean
  findings: Findings
  settings: JobSettings
  /** Epoch milliseconds. */
  now(): number
  /** Of the lease under which this runs: that of a runner before this one is smaller. */
  fence: number
  /** Refuses to go on when this runner has been replaced; part of every transaction. */
  requireLease(): void
  /**
   * One transaction on the journal, under the lease: a runner that stood still while another took over
   * must not touch the other's job.
   */
  inJournal(write: () => void): void
  /** One immediate transaction on `db`, under the lease. */
  transaction<Result>(act: () => Result): Result
  /**
   * Inside a transaction, after a chunk: whether another one may follow in it, as nobody else writes. The
   * transaction lasts for `longestMs` at most.
   */
  mayGoOn(longestMs: number): boolean
  /** The same for DDL, which is written for Kysely. `act` may await nothing but `trx`. */
  asyncTransaction(act: (trx: Transaction<unknown>) => Promise<void>): Promise<void>
  /**
   * Call between transactions: lets writers pass, keeps the WAL short, holds back under pressure, and
   * honours pause, cancel and stop.
   */
  rest(): Promise<void>
  /** Rests again and again while work goes on elsewhere: nobody waits for its end who has asked for something. */
  during<Result>(work: Promise<Result>): Promise<Result>
  progress(rowsDone: number, rowsTotal: number): void
}

export interface RunParts {
  job: JournalJob
  live: Handle
  db: Handle
  path: string
  owner: Owner
  waiting: WaitingWriters
  stopping: () => boolean
  findings: Findings
  /** Of the thread that serves requests, where there is one. */
  eventLoopDelay?: SharedArrayBuffer | undefined
  walIsLong?: SharedFlag
  limits?: Limits
  settings?: JobSettings
}

export function createRun({
  job,
  live,
  db,
  path,
  owner,
  waiting,
  stopping,
  findings,
  ...more
}: RunParts): Run {
  const lease = live.prepare('SELECT 1 FROM migration_lease WHERE owner = ? AND fence = ?')
  const requested = live.prepare('SELECT requested FROM migration_jobs WHERE id = ?').pluck()
  const kysely = kyselyOver<unknown>(db, async (handle) => takeLock(handle))
  const asMigration = writerOn(db, { actor: null, requestId: job.id, origin: 'migration' })
  const turns = createTurns(db, waiting)
  const { eventLoopDelay, walIsLong = sharedFlag(), limits = defaultLimits } = more
  const settings = more.settings ?? defaultSettings(live.name)
  // The server's commits do not checkpoint while a job runs, whichever file that works on.
  const walOfLive = createWalKeeper(live, waiting, walIsLong)
  const wal = db === live ? walOfLive : createWalKeeper(db, waiting, sharedFlag())
  const pressure = createPressure({ path, waiting, eventLoopDelay, wal, limits })
  let toldAt = 0
  let progress = { rowsDone: 0, rowsTotal: 0 }

  const requireLease = () => {
    if (lease.get(owner.id, owner.fence) === undefined) throw new JobStopped('interrupted')
  }
  const inJournal = (write: () => void) =>
    lockedTransaction(live, () => {
      requireLease()
      write()
    })
  const writeDown = () => writeProgress(live, job.id, progress.rowsDone, progress.rowsTotal)
  const tell = () => {
    if (Date.now() - toldAt < PROGRESS_MS) return
    toldAt = Date.now()
    inJournal(writeDown)
  }
  const waitWhilePaused = async () => {
    if (requested.get(job.id) !== 'pause') return
    inJournal(() => moveJob(live, job.id, 'paused'))
    while (requested.get(job.id) === 'pause' && !stopping()) {
      keepWals()
      await sleep(PAUSE_POLL_MS)
    }
    inJournal(() => moveJob(live, job.id, 'running'))
  }
  const keepWals = () => {
    wal.keep()
    if (walOfLive !== wal) walOfLive.keep()
  }
  const heedRequests = async () => {
    requireLease()
    tell()
    await waitWhilePaused()
    if (stopping()) throw new JobStopped('interrupted')
    if (requested.get(job.id) === 'cancel') throw new JobStopped('cancelled')
  }
  const rest = async () => {
    keepWals()
    await turns.leave()
    await heedRequests()
    await holdBack(pressure, {
      tell: (reason) => inJournal(() => writeThrottle(live, job.id, reason)),
      async meanwhile() {
        keepWals()
        await heedRequests()
      },
    })
  }

  return {
    job,
    db,
    path,
    isScratch: db !== live,
    fence: owner.fence,
    findings,
    settings,
    now: () => nowOf(settings),
    requireLease,
    inJournal,
    transaction(act) {
      return turns.take((begun) =>
        lockedTransaction(db, () => {
          begun()
          requireLease()
          return asMigration(act)
        }),
      )
    },
    mayGoOn: (longestMs) => turns.mayGoOn(longestMs),
    asyncTransaction(act) {
      return kysely.transaction().execute(async (trx) => {
        requireLease()
        await act(trx)
      })
    },
    rest,
    async during(work) {
      const ended = work.then(() => true)
      while ((await Promise.race([ended, sleep(REST_POLL_MS)])) !== true) await rest()
      return work
    },
    progress(rowsDone, rowsTotal) {
      progress = { rowsDone, rowsTotal }
      if (rowsDone >= rowsTotal) inJournal(writeDown)
    },
  }
}
