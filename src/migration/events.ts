import type { Handle } from '../db/database.js'
import { formatInstant } from '../kernel/instant.js'
import type { EventType, JobState, PhaseName, ThrottleReason } from './job.js'
import { progressOf, type Counters, type Progress } from './progress.js'

/** Why a job is held back, and since when. */
export interface Throttle {
  reason: ThrottleReason
  /** Epoch milliseconds. */
  since: number
}

/** What each type of event has to tell, as JSON. */
export interface EventData {
  progress: Progress & { throttle: { reason: ThrottleReason; since: string } | null }
  phase: { phase: PhaseName }
  state: { from: JobState; to: JobState }
  end: { state: JobState; error: { code: string; detail: string } | null }
}

/**
 * Tells what became of a job, for its event stream. Call in the transaction of what it tells: an event
 * is there exactly when the thing itself is, under an id that only grows, for every process on the file.
 */
export function addEvent<Type extends EventType>(
  handle: Handle,
  jobId: string,
  type: Type,
  data: EventData[Type],
): void {
  handle
    .prepare('INSERT INTO migration_events (jobId, at, type, data) VALUES (?, ?, ?, ?)')
    .run(jobId, Date.now(), type, JSON.stringify(data))
}

/**
 * Tells how far a job is, as its row says.
 *
 * Phases, states and the end are kept for ever. Progress is thinned: an event of progress takes the place
 * of the one before it when both are within one whole percent and nothing else came between. So a phase
 * leaves about a hundred however long it takes, and the newest is always there.
 */
export function addProgressEvent(handle: Handle, jobId: string): void {
  const row = handle.prepare('SELECT * FROM migration_jobs WHERE id = ?').get(jobId) as Counters &
    ThrottleColumns
  const progress = progressOf(row, Date.now())
  handle
    .prepare(
      `DELETE FROM migration_events WHERE id = (SELECT max(id) FROM migration_events WHERE jobId = ?)
       AND type = 'progress' AND CAST(data ->> 'percent' AS INTEGER) = ?`,
    )
    .run(jobId, Math.floor(progress.percent))
  const throttle = throttleOf(row)
  addEvent(handle, jobId, 'progress', {
    ...progress,
    throttle: throttle === null ? null : { ...throttle, since: formatInstant(throttle.since) },
  })
}

export interface ThrottleColumns {
  throttleReason: ThrottleReason | null
  throttledSince: number | null
}

export const noThrottle: ThrottleColumns = { throttleReason: null, throttledSince: null }

export const throttleOf = ({ throttleReason, throttledSince }: ThrottleColumns): Throttle | null =>
  throttleReason === null || throttledSince === null
    ? null
    : { reason: throttleReason, since: throttledSince }
