import type { Transaction } from 'kysely'
import { kyselyOver, type Handle } from '../db/database.js'
import type { WaitingWriters } from '../db/waiting-writers.js'
import type { JobError, JournalJob } from './journal.js'
import { moveJob, writeProgress } from './journal.js'
import type { Findings } from './report.js'

const PROGRESS_MS = 200
const PAUSE_POLL_MS = 100
const LET_PASS_MS = 50

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
  /** Refuses to go on when this runner has been replaced; part of every transaction. */
  requireLease(): void
  /** One immediate transaction on `db`, under the lease. */
  transaction<Result>(act: () => Result): Result
  /** The same for DDL, which is written for Kysely. `act` may await nothing but `trx`. */
  asyncTransaction(act: (trx: Transaction<unknown>) => Promise<void>): Promise<void>
  /** Call between chunks: lets writers pass, and honours pause, cancel and stop. */
  rest(): Promise<void>
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
}

export function createRun({ job, live, db, path, owner, waiting, stopping, findings }: RunParts): Run {
  const lease = live.prepare('SELECT 1 FROM migration_lease WHERE owner = ? AND fence = ?')
  const requested = live.prepare('SELECT requested FROM migration_jobs WHERE id = ?').pluck()
  const kysely = kyselyOver<unknown>(db, async (handle) => void handle.exec('begin immediate'))
  const gap = createGap(db, waiting)
  let toldAt = 0
  let progress = { rowsDone: 0, rowsTotal: 0 }

  const requireLease = () => {
    if (lease.get(owner.id, owner.fence) === undefined) throw new JobStopped('interrupted')
  }
  const tell = () => {
    if (Date.now() - toldAt < PROGRESS_MS) return
    toldAt = Date.now()
    writeProgress(live, job.id, progress.rowsDone, progress.rowsTotal)
  }
  const waitWhilePaused = async () => {
    if (requested.get(job.id) !== 'pause') return
    moveJob(live, job.id, 'paused')
    while (requested.get(job.id) === 'pause' && !stopping()) await sleep(PAUSE_POLL_MS)
    moveJob(live, job.id, 'running')
  }

  return {
    job,
    db,
    path,
    isScratch: db !== live,
    findings,
    requireLease,
    transaction(act) {
      return gap.timed(() =>
        db
          .transaction(() => {
            requireLease()
            return act()
          })
          .immediate(),
      )
    },
    asyncTransaction(act) {
      return kysely.transaction().execute(async (trx) => {
        requireLease()
        await act(trx)
      })
    },
    async rest() {
      await gap.leave()
      requireLease()
      tell()
      await waitWhilePaused()
      if (stopping()) throw new JobStopped('interrupted')
      if (requested.get(job.id) === 'cancel') throw new JobStopped('cancelled')
    },
    progress(rowsDone, rowsTotal) {
      progress = { rowsDone, rowsTotal }
      if (rowsDone >= rowsTotal) writeProgress(live, job.id, rowsDone, rowsTotal)
    },
  }
}

/** The pause between two transactions: none while nobody else writes, else as long as the lock was held. */
function createGap(db: Handle, waiting: WaitingWriters) {
  const dataVersion = db.prepare('PRAGMA data_version').pluck()
  let version = dataVersion.get()
  let heldMs = 0
  return {
    timed<Result>(act: () => Result): Result {
      const start = performance.now()
      try {
        return act()
      } finally {
        heldMs = performance.now() - start
      }
    },
    async leave() {
      const before = version
      version = dataVersion.get()
      if (waiting.any) waiting.letPass(LET_PASS_MS)
      // Another connection has committed since: it is likely to want the lock again.
      await sleep(version === before ? 0 : heldMs)
      heldMs = 0
    },
  }
}

const sleep = (ms: number) =>
  new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)))
