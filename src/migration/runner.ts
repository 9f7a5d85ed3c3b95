import {
  asSqliteError,
  isBusy,
  isDiskFull,
  isWriteRefused,
  openWorkerHandle,
  type Handle,
} from '../db/database.js'
import type { SharedFlag } from '../db/shared-flag.js'
import type { WaitingWriters } from '../db/waiting-writers.js'
import { lockedTransaction } from '../db/worker-lock.js'
import { phaseMoves, type JobKind, type JobState, type Phase, type PhaseName } from './job.js'
import { finishJob, moveJob, readJob, startedPhases, startPhase, type JobError } from './journal.js'
import { makeReport, noFindings, type Findings, type Report } from './report.js'
import type { Limits } from './pressure.js'
import type { JobSettings } from './settings.js'
import { createRun, JobFailure, JobStopped, type Owner, type Run } from './run.js'
import { sleep } from './turns.js'
import { openScratchCopy, removeFile } from './scratch-copy.js'

export interface RunRequest {
  path: string
  jobId: string
  owner: Owner
  waiting: WaitingWriters
  /** True once the process wants to end: the run stops between two chunks, to be resumed. */
  stopping: () => boolean
  /** Of the thread that serves requests, where there is one. */
  eventLoopDelay?: SharedArrayBuffer | undefined
  walIsLong?: SharedFlag
  limits?: Limits
  settings?: JobSettings
  /** The handle to work on, which stays open; not given: one of its own. */
  handle?: Handle
}

const REFUSED_WRITE_POLL_MS = 1_000

interface Outcome {
  state: JobState
  report: Report | null
  error: JobError | null
}

/**
 * Runs a job of the journal to its end and records the outcome.
 *
 * A job that was interrupted is run again from its first phase: phases skip what is done.
 */
export async function runJob(kinds: readonly JobKind[], request: RunRequest): Promise<JobState> {
  const live = request.handle ?? openWorkerHandle(request.path)
  try {
    const startedAt = Date.now()
    if (!begin(live, request)) return 'interrupted'
    // Whatever is thrown has to end the job: one that stays unfinished is taken over, to fail again.
    const outcome = await runOnTarget(kinds, live, request).catch((error: unknown) =>
      stoppedOutcome(error, noFindings(), startedAt),
    )
    await onceTheDiskTakesIt(request.stopping, () => conclude(live, request, outcome))
    return outcome.state
  } finally {
    if (live !== request.handle) live.close()
  }
}

/** Whether the job is still this runner's; its process may have stood still since it took it. */
const begin = (live: Handle, { jobId, owner }: RunRequest): boolean =>
  lockedTransaction(live, () => {
    if (!holdsLease(live, owner)) return false
    moveJob(live, jobId, 'running')
    return true
  })

/** On a full or ill disk not even the outcome can be written down: it is as soon as the disk takes it. */
async function onceTheDiskTakesIt(stopping: () => boolean, write: () => void | Promise<void>): Promise<void> {
  for (;;)
    try {
      await write()
      return
    } catch (error) {
      if (!isWriteRefused(error) || stopping()) throw error
      await sleep(REFUSED_WRITE_POLL_MS)
    }
}

/** A runner that has been replaced leaves the job to the one that goes on with it. */
function conclude(live: Handle, { jobId, owner }: RunRequest, outcome: Outcome): void {
  lockedTransaction(live, () => {
    if (!releaseLease(live, owner)) return
    if (outcome.state === 'interrupted') moveJob(live, jobId, 'interrupted')
    else finishJob(live, jobId, outcome)
  })
}

async function runOnTarget(kinds: readonly JobKind[], live: Handle, request: RunRequest): Promise<Outcome> {
  const job = readJob(live, request.jobId)
  const kind = kinds.find(({ name }) => name === job.job)
  if (kind === undefined) throw new Error(`There is no job of the kind ${job.job}.`)
  const findings = noFindings()
  const parts = { ...request, job, live, findings }
  const { stopping } = request
  if (kind.onScratchCopy?.(job.options) !== true)
    return runPhases({
      phases: kind.phases(job.options),
      run: createRun({ ...parts, db: live }),
      live,
      stopping,
    })
  const copy = openScratchCopy(live, request)
  try {
    return await runPhases({
      phases: kind.phases(job.options),
      run: createRun({ ...parts, db: copy.handle, path: copy.path }),
      live,
      stopping,
    })
  } finally {
    copy.handle.close()
    removeFile(copy.path)
  }
}

interface Running {
  phases: readonly Phase[]
  run: Run
  live: Handle
  stopping: () => boolean
}

async function runPhases(running: Running): Promise<Outcome> {
  const { phases, run, live } = running
  const startedAt = Date.now()
  let current: Phase | undefined
  try {
    for (const phase of phases) {
      requireMove(current?.name ?? 'start', phase.name)
      current = phase
      run.inJournal(() => startPhase(live, run.job.id, phase.name))
      await phase.run(run)
    }
    requireMove(current?.name ?? 'start', 'end')
    const report = makeReport(run.findings, startedAt, Date.now())
    return report.status === 'failed'
      ? await undone(running, { state: 'failed', report, error: checksFailed(report) })
      : { state: 'succeeded', report, error: null }
  } catch (error) {
    const outcome = stoppedOutcome(error, run.findings, startedAt)
    return current?.keepsWhatIsDone === true ? outcome : await undone(running, outcome)
  }
}

function requireMove(from: PhaseName | 'start', to: PhaseName | 'end'): void {
  if (!phaseMoves[from].includes(to)) throw new Error(`The phase ${to} may not follow ${from}.`)
}

/**
 * Takes back every phase that the job has ever begun, last phase first: a run that goes on after a crash
 * may fail before it comes to what was done then. An interrupted run is not undone: it goes on.
 */
async function undone({ phases, run, stopping }: Running, outcome: Outcome): Promise<Outcome> {
  if (outcome.state === 'interrupted' || run.isScratch) return outcome
  const begun = startedPhases(run.db, run.job.id)
  for (const phase of phases.toReversed())
    if (begun.has(phase.name)) await onceTheDiskTakesIt(stopping, () => phase.undo?.(run))
  return outcome
}

const checksFailed = (report: Report): JobError => ({
  code: report.summary.failed > 0 ? 'checks-failed' : 'blocked',
  detail:
    report.summary.failed > 0
      ? `${report.summary.failed} of ${report.summary.checks} checks failed. The report names them.`
      : 'The data has rows that v2 cannot hold as they are. The report names them, and what resolves them.',
})

const diskFull: JobError = {
  code: 'disk-full',
  detail: 'There is no space left for the database. Make room, then start the job again.',
}

/**
 * What is neither a refusal nor a stop is a defect, or the machine: it ends the job with what was thrown.
 * But for another program that held the lock for longer than a worker waits: the job goes on after it.
 */
function stoppedOutcome(error: unknown, findings: Findings, startedAt: number): Outcome {
  if (isBusy(error)) return { state: 'interrupted', report: null, error: null }
  const report = { ...makeReport(findings, startedAt, Date.now()), status: 'failed' as const }
  if (error instanceof JobStopped)
    return error.state === 'interrupted'
      ? { state: 'interrupted', report: null, error: null }
      : {
          state: 'cancelled',
          report,
          error: { code: 'cancelled', detail: 'The operator cancelled the job.' },
        }
  if (error instanceof JobFailure) return { state: 'failed', report, error: error.error }
  if (isDiskFull(error)) return { state: 'failed', report, error: diskFull }
  const sqlite = asSqliteError(error)
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    state: 'failed',
    report,
    error:
      sqlite === undefined
        ? { code: 'internal', detail }
        : { code: 'database-error', detail: `${sqlite.code}: ${detail}` },
  }
}

const holdsLease = (live: Handle, { id, fence }: Owner): boolean =>
  live.prepare('SELECT 1 FROM migration_lease WHERE owner = ? AND fence = ?').get(id, fence) !== undefined

/** Whether it was still this runner's. */
const releaseLease = (live: Handle, owner: Owner): boolean =>
  live
    .prepare('UPDATE migration_lease SET owner = NULL WHERE owner = ? AND fence = ?')
    .run(owner.id, owner.fence).changes === 1
