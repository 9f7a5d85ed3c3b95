import { sql, type Kysely, type Transaction } from 'kysely'
import { v7 } from 'uuid'
import type { PageRequest } from '../http/page.js'
import { notFound } from '../kernel/problem.js'
import { throttleOf, type EventData, type Throttle } from './events.js'
import type { JobOptions, JobState, PhaseName } from './job.js'
import { atRest, type JobError } from './journal.js'
import { progressOf, type Progress } from './progress.js'
import type { Report } from './report.js'
import type { JournalTables } from './tables.js'

/** A job as the API serves it. Instants are epoch milliseconds. */
export interface Job {
  id: string
  job: string
  options: JobOptions
  state: JobState
  phase: PhaseName | null
  progress: Progress
  /** What the operator has asked for and the runner has not done yet. */
  requested: Requested | null
  /** What holds the running job back. */
  throttle: Throttle | null
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  report: Report | null
  error: JobError | null
}

export type Requested = 'pause' | 'cancel'

type JobRow = JournalTables['migration_jobs']

export const unfinished: readonly JobState[] = ['queued', 'running', 'paused', 'interrupted']

export const isUnfinished = ({ state }: { state: JobState }): boolean => unfinished.includes(state)

function fromRow(row: JobRow, now: number): Job {
  return {
    id: row.id,
    job: row.job,
    options: JSON.parse(row.options) as JobOptions,
    state: row.state,
    phase: row.phase,
    progress: progressOf(row, now),
    requested: row.requested,
    throttle: throttleOf(row),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    report: row.report === null ? null : (JSON.parse(row.report) as Report),
    error: row.error === null ? null : (JSON.parse(row.error) as JobError),
  }
}

/** Newest first. */
export async function listJobs(db: Kysely<JournalTables>, { limit, after }: PageRequest): Promise<Job[]> {
  const rows = await db
    .selectFrom('migration_jobs')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const now = Date.now()
  return rows.map((row) => fromRow(row, now))
}

export async function findJob(db: Kysely<JournalTables>, id: string): Promise<Job | undefined> {
  const row = await db.selectFrom('migration_jobs').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : fromRow(row, Date.now())
}

/** @throws Problem `not-found` */
export async function getJob(db: Kysely<JournalTables>, id: string): Promise<Job> {
  const job = await findJob(db, id)
  if (job === undefined) throw notFound('migration job', id)
  return job
}

export async function findUnfinishedJob(db: Kysely<JournalTables>): Promise<Job | undefined> {
  const row = await db
    .selectFrom('migration_jobs')
    .selectAll()
    .where('state', 'in', unfinished)
    .executeTakeFirst()
  return row === undefined ? undefined : fromRow(row, Date.now())
}

export async function insertJob(
  trx: Transaction<JournalTables>,
  job: { job: string; options: JobOptions },
): Promise<string> {
  const id = v7()
  await trx
    .insertInto('migration_jobs')
    .values({
      id,
      job: job.job,
      options: JSON.stringify(job.options),
      state: 'queued',
      phase: null,
      rowsDone: 0,
      rowsTotal: 0,
      requested: null,
      report: null,
      error: null,
      createdAt: Date.now(),
      startedAt: null,
      finishedAt: null,
    })
    .execute()
  return id
}

/** What the operator wants of a running job; its runner looks between chunks. */
export async function requestOf(
  trx: Transaction<JournalTables>,
  id: string,
  requested: Requested | null,
): Promise<void> {
  await trx.updateTable('migration_jobs').set({ requested }).where('id', '=', id).execute()
}

/** A job whose runner is gone; one that was interrupted before is so still. */
export async function interruptJob(trx: Transaction<JournalTables>, { id, state }: Job): Promise<void> {
  if (state === 'interrupted') return
  const data: EventData['state'] = { from: state, to: 'interrupted' }
  await trx
    .updateTable('migration_jobs')
    .set({ state: 'interrupted', ...atRest })
    .where('id', '=', id)
    .execute()
  await trx
    .insertInto('migration_events')
    .values({ jobId: id, at: Date.now(), type: 'state', data: JSON.stringify(data) })
    .execute()
}

/** Takes the lease over: whoever had it finds another fence, and stops. */
export async function takeLease(trx: Transaction<JournalTables>, owner: string): Promise<number> {
  const { fence } = await trx
    .insertInto('migration_lease')
    .values({ id: 1, owner, fence: 1, heartbeatAt: Date.now() })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        owner,
        fence: sql<number>`migration_lease.fence + 1`,
        heartbeatAt: (eb) => eb.ref('excluded.heartbeatAt'),
      }),
    )
    .returning('fence')
    .executeTakeFirstOrThrow()
  return fence
}

export async function beat(trx: Transaction<JournalTables>, owner: string, fence: number): Promise<void> {
  await trx
    .updateTable('migration_lease')
    .set({ heartbeatAt: Date.now() })
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .execute()
}

/** Leaves the job to whoever looks for one next: `owner` runs it no more, and can write nothing more to it. */
export async function handOver(trx: Transaction<JournalTables>, owner: string): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('migration_lease')
    .set({ owner: null })
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return
  await trx
    .updateTable('migration_jobs')
    .set({ state: 'interrupted' })
    .where('state', 'in', unfinished)
    .execute()
}

/** Whether somebody has told within `ms` that it runs the job. */
export async function isLeaseAlive(db: Kysely<JournalTables>, ms: number): Promise<boolean> {
  const lease = await db
    .selectFrom('migration_lease')
    .selectAll()
    .where('owner', 'is not', null)
    .where('heartbeatAt', '>', Date.now() - ms)
    .executeTakeFirst()
  return lease !== undefined
}
