import type { Kysely } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatInstant } from '../kernel/instant.js'
import type { EventType } from './job.js'
import type { JournalTables } from './tables.js'

const POLL_MS = 100
const EVENTS_AT_ONCE = 100

export interface JobEvent {
  id: number
  type: EventType
  /** JSON: when it happened, as `at`, and what its type has to tell. */
  data: string
}

export interface EventFeed {
  /**
   * The job's events after the one with the id `after`, and then each as it comes, whichever process it
   * comes from, up to `end`; undefined for every `heartbeatMs` of silence. Reads on only when it is asked
   * for more, so that a slow reader costs no memory.
   */
  follow(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent | undefined>
  /** Ends everything that is followed, within a tenth of a second. */
  close(): void
}

/** What many followers share: those who are at the same place in the same job ask the journal once. */
export function createEventFeed(db: Kysely<JournalTables>, heartbeatMs: number): EventFeed {
  const pages = new Map<string, Promise<JobEvent[]>>()
  let nextPoll: Promise<void> | undefined
  let isClosed = false

  const poll = () =>
    (nextPoll ??= sleep(POLL_MS).then(() => {
      nextPoll = undefined
      pages.clear()
    }))
  const read = (jobId: string, after: number): Promise<JobEvent[]> => {
    const place = `${after} ${jobId}`
    const page = pages.get(place) ?? listEvents(db, jobId, after)
    pages.set(place, page)
    void poll()
    return page
  }

  return {
    async *follow(jobId, after, signal) {
      let last = after
      let heardAt = performance.now()
      while (!isClosed && !signal.aborted) {
        const events = await read(jobId, last)
        for (const event of events) {
          yield event
          if (event.type === 'end') return
          last = event.id
        }
        if (events.length === 0 && performance.now() - heardAt < heartbeatMs) {
          await poll()
          continue
        }
        if (events.length === 0) yield undefined
        heardAt = performance.now()
      }
    },
    close() {
      isClosed = true
    },
  }
}

/** In order, a page at most. */
export async function listEvents(
  db: Kysely<JournalTables>,
  jobId: string,
  after: number,
): Promise<JobEvent[]> {
  const rows = await db
    .selectFrom('migration_events')
    .select(['id', 'type', 'at', 'data'])
    .where('jobId', '=', jobId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVENTS_AT_ONCE)
    .execute()
  return rows.map(({ id, type, at, data }) => {
    const told = JSON.parse(data) as object
    return { id, type, data: JSON.stringify({ at: formatInstant(at), ...told }) }
  })
}

/**
 * The place that a reader who says it has read up to `lastRead` goes on from: there, or at the beginning
 * when no event had that id yet, because the journal is not the one that it read.
 */
export async function placeAfter(db: Kysely<JournalTables>, lastRead: number): Promise<number> {
  const newest = await db
    .selectFrom('migration_events')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst()
  return lastRead <= (newest?.id ?? 0) ? lastRead : 0
}
