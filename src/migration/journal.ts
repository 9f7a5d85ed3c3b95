import type { Handle } from '../db/database.js'
import { lockedTransaction } from '../db/worker-lock.js'
import { addEvent, addProgressEvent, noThrottle } from './events.js'
import { stateMoves, type JobOptions, type JobState, type PhaseName, type ThrottleReason } from './job.js'
import { measured, noPace, type Pace } from './progress.js'
import type { Report } from './report.js'

/** A job as its runner sees it. */
export interface JournalJob {
  id: string
  job: string
  options: JobOptions
  state: JobState
  phase: PhaseName | null
  requested: 'pause' | 'cancel' | null
  startedAt: number | null
}

/** How far a step has come. */
export interface Cursor {
  lastId: string
  rowsRead: number
  rowsWritten: number
  isDone: boolean
}

/** Why a job did not succeed, as its `error`. */
export interface JobError {
  code: string
  detail: string
}

export function readJob(handle: Handle, id: string): JournalJob {
  const row = handle
    .prepare('SELECT id, job, options, state, phase, requested, startedAt FROM migration_jobs WHERE id = ?')
    .get(id) as (Omit<JournalJob, 'options'> & { options: string }) | undefined
  if (row === undefined) throw new Error(`The journal has no job ${id}.`)
  return { ...row, options: JSON.parse(row.options) as JobOptions }
}

/** What a job's row no longer says once the job has moved: it has no pace yet, and nothing holds it back. */
export const atRest = { ...noPace, ...noThrottle }
const forget = (columns: object) =>
  Object.keys(columns)
    .map((column) => `, ${column} = NULL`)
    .join('')

/** @throws Error for a move that the transition table does not have */
export function moveJob(handle: Handle, id: string, to: JobState): void {
  atOnce(handle, () => {
    const { state } = readJob(handle, id)
    if (!stateMoves[state].includes(to)) throw new Error(`A job that is ${state} cannot become ${to}.`)
    handle.prepare(`UPDATE migration_jobs SET state = ?${forget(atRest)} WHERE id = ?`).run(to, id)
    addEvent(handle, id, 'state', { from: state, to })
  })
}

export function startPhase(handle: Handle, id: string, phase: PhaseName): void {
  atOnce(handle, () => {
    handle
      .prepare(
        `UPDATE migration_jobs SET phase = ?, startedAt = coalesce(startedAt, ?)${forget(noPace)} WHERE id = ?`,
      )
      .run(phase, Date.now(), id)
    addEvent(handle, id, 'phase', { phase })
  })
}

/** Every phase that the job has begun, in this run or in one before it. */
export const startedPhases = (handle: Handle, id: string): ReadonlySet<unknown> =>
  new Set(
    handle
      .prepare(`SELECT data ->> 'phase' FROM migration_events WHERE jobId = ? AND type = 'phase'`)
      .pluck()
      .all(id),
  )

export function finishJob(
  handle: Handle,
  id: string,
  outcome: { state: JobState; report: Report | null; error: JobError | null },
): void {
  atOnce(handle, () => {
    moveJob(handle, id, outcome.state)
    handle
      .prepare(
        'UPDATE migration_jobs SET report = ?, error = ?, requested = NULL, finishedAt = ? WHERE id = ?',
      )
      .run(asJson(outcome.report), asJson(outcome.error), Date.now(), id)
    addEvent(handle, id, 'end', { state: outcome.state, error: outcome.error })
  })
}

/** One transaction, or a part of the one that is open. */
const atOnce = (handle: Handle, act: () => void) =>
  handle.inTransaction ? act() : lockedTransaction(handle, act)

const asJson = (value: object | null) => (value === null ? null : JSON.stringify(value))

/** Only the job's runner counts, so that nobody comes between what is read here and what is written. */
export function writeProgress(handle: Handle, id: string, rowsDone: number, rowsTotal: number): void {
  const before = handle
    .prepare(
      'SELECT rowsDone, rowsTotal, rowsPerSecond, measuredRows, measuredAt FROM migration_jobs WHERE id = ?',
    )
    .get(id) as Pace & { rowsDone: number; rowsTotal: number }
  if (before.rowsDone === rowsDone && before.rowsTotal === rowsTotal) return
  atOnce(handle, () => {
    handle
      .prepare(
        `UPDATE migration_jobs SET rowsDone = @rowsDone, rowsTotal = @rowsTotal, rowsPerSecond = @rowsPerSecond,
         measuredRows = @measuredRows, measuredAt = @measuredAt WHERE id = @id`,
      )
      .run({ id, rowsDone, rowsTotal, ...measured(before, rowsDone, Date.now()) })
    addProgressEvent(handle, id)
  })
}

/**
 * Says why the job is held back, or, by null, that it no longer is. Cheap to call between any two chunks:
 * a reason that is there already keeps its `since`, and nothing is written. A pause, like every other
 * move of the job, ends the throttling: say it again afterwards.
 */
export function writeThrottle(handle: Handle, id: string, reason: ThrottleReason | null): void {
  const told = handle.prepare('SELECT throttleReason FROM migration_jobs WHERE id = ?').pluck().get(id)
  if (told === reason) return
  atOnce(handle, () => {
    handle
      .prepare('UPDATE migration_jobs SET throttleReason = ?, throttledSince = ? WHERE id = ?')
      .run(reason, reason === null ? null : Date.now(), id)
    addProgressEvent(handle, id)
  })
}

export function readCursor(handle: Handle, jobId: string, step: string): Cursor | undefined {
  const row = handle
    .prepare(
      'SELECT lastId, rowsRead, rowsWritten, isDone FROM migration_cursors WHERE jobId = ? AND step = ?',
    )
    .get(jobId, step) as (Omit<Cursor, 'isDone'> & { isDone: number }) | undefined
  return row === undefined ? undefined : { ...row, isDone: row.isDone === 1 }
}

/** Call in the transaction of the chunk that the cursor counts. */
export function writeCursor(handle: Handle, jobId: string, step: string, cursor: Cursor): void {
  handle
    .prepare(
      `INSERT INTO migration_cursors VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (jobId, step)
       DO UPDATE SET lastId = excluded.lastId, rowsRead = excluded.rowsRead, rowsWritten = excluded.rowsWritten, isDone = excluded.isDone`,
    )
    .run(jobId, step, cursor.lastId, cursor.rowsRead, cursor.rowsWritten, Number(cursor.isDone))
}
