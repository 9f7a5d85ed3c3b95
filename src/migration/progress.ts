import type { JobState } from './job.js'

/** How far a job has come, and how fast it goes now. */
export interface Progress {
  rowsDone: number
  rowsTotal: number
  percent: number
  /** Over about the last ten seconds; of a job that has ended, from its begin to its end. 0 while it stands still. */
  rowsPerSecond: number
  /** null until 1 % is done, while the job stands still, and once it has ended: a rate from less is a guess. */
  etaSeconds: number | null
}

/** The pace of a running job, and the counter and instant at which it was measured last. */
export interface Pace {
  rowsPerSecond: number | null
  measuredRows: number | null
  measuredAt: number | null
}

/** Of a job that stands still, or counts something else from now on. */
export const noPace: Pace = { rowsPerSecond: null, measuredRows: null, measuredAt: null }

/** What a job's row says of its progress. */
export interface Counters extends Pace {
  state: JobState
  rowsDone: number
  rowsTotal: number
  startedAt: number | null
  finishedAt: number | null
}

/** A pace from less is mostly the length of one chunk. */
const MEASURE_MS = 1_000
/** What happened so long ago counts for a third. */
const MEMORY_MS = 10_000

/** The pace after `rowsDone` have been counted: an average in which what is past fades. */
export function measured(
  { rowsPerSecond, measuredRows, measuredAt }: Pace,
  rowsDone: number,
  now: number,
): Pace {
  const start = { rowsPerSecond: null, measuredRows: rowsDone, measuredAt: now }
  // Counting began anew, or the clock was set back.
  if (measuredRows === null || measuredAt === null || rowsDone < measuredRows || now < measuredAt)
    return start
  const elapsed = now - measuredAt
  if (elapsed < MEASURE_MS) return { rowsPerSecond, measuredRows, measuredAt }
  const latest = ((rowsDone - measuredRows) * 1000) / elapsed
  const kept = rowsPerSecond === null ? 0 : Math.exp(-elapsed / MEMORY_MS)
  return { ...start, rowsPerSecond: kept * (rowsPerSecond ?? 0) + (1 - kept) * latest }
}

export function progressOf(job: Counters, now: number): Progress {
  const { rowsDone, rowsTotal } = job
  const rowsPerSecond = paceOf(job, now)
  // Rows that v1 got meanwhile are done too, but were not counted.
  const permille = rowsTotal > 0 ? Math.min(1000, Math.floor((rowsDone * 1000) / rowsTotal)) : 0
  const isEstimable = job.state === 'running' && permille >= 10 && rowsPerSecond >= 0.5
  return {
    rowsDone,
    rowsTotal,
    percent: permille / 10,
    rowsPerSecond: Math.round(rowsPerSecond),
    etaSeconds: isEstimable ? Math.max(0, Math.round((rowsTotal - rowsDone) / rowsPerSecond)) : null,
  }
}

function paceOf({ state, rowsPerSecond, measuredAt, ...job }: Counters, now: number): number {
  if (job.startedAt !== null && job.finishedAt !== null)
    return job.finishedAt > job.startedAt ? (job.rowsDone * 1000) / (job.finishedAt - job.startedAt) : 0
  if (state !== 'running' || rowsPerSecond === null || measuredAt === null) return 0
  // A runner that is silent for longer than it should be copies nothing: what it told fades here too.
  const silence = Math.max(0, now - measuredAt - 2 * MEASURE_MS)
  return rowsPerSecond * Math.exp(-silence / MEMORY_MS)
}
