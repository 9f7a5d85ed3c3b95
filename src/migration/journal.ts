import type { Handle } from '../db/database.js'
import { stateMoves, type JobOptions, type JobState, type PhaseName } from './job.js'
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

/** @throws Error for a move that the transition table does not have */
export function moveJob(handle: Handle, id: string, to: JobState): void {
  const { state } = readJob(handle, id)
  if (!stateMoves[state].includes(to)) throw new Error(`A job that is ${state} cannot become ${to}.`)
  handle.prepare('UPDATE migration_jobs SET state = ? WHERE id = ?').run(to, id)
  addEvent(handle, id, 'state', { from: state, to })
}

export function startPhase(handle: Handle, id: string, phase: PhaseName): void {
  handle
    .prepare('UPDATE migration_jobs SET phase = ?, startedAt = coalesce(startedAt, ?) WHERE id = ?')
    .run(phase, Date.now(), id)
  addEvent(handle, id, 'phase', { phase })
}

export function finishJob(
  handle: Handle,
  id: string,
  outcome: { state: JobState; report: Report | null; error: JobError | null },
): void {
  moveJob(handle, id, outcome.state)
  handle
    .prepare('UPDATE migration_jobs SET report = ?, error = ?, requested = NULL, finishedAt = ? WHERE id = ?')
    .run(asJson(outcome.report), asJson(outcome.error), Date.now(), id)
  addEvent(handle, id, 'end', { state: outcome.state, error: outcome.error })
}

const asJson = (value: object | null) => (value === null ? null : JSON.stringify(value))

export function writeProgress(handle: Handle, id: string, rowsDone: number, rowsTotal: number): void {
  handle
    .prepare('UPDATE migration_jobs SET rowsDone = ?, rowsTotal = ? WHERE id = ?')
    .run(rowsDone, rowsTotal, id)
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

export function addEvent(handle: Handle, jobId: string, type: string, data: object): void {
  handle
    .prepare('INSERT INTO migration_events (jobId, at, type, data) VALUES (?, ?, ?, ?)')
    .run(jobId, Date.now(), type, JSON.stringify(data))
}
