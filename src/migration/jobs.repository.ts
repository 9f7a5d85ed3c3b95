import { sql, type Kysely, type Transaction } from 'kysely'
import { v7 } from 'uuid'
import type { PageRequest } from '../http/page.js'
import type { JobOptions, JobState, PhaseName } from './job.js'
import type { JobError } from './journal.js'
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
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  report: Report | null
  error: JobError | null
}

export interface Progress {
  rowsDone: number
  rowsTotal: number
  percent: number
  rowsPerSecond: number
  /** null until 1 % is done, and once the job has ended: a rate from less is a guess. */
  etaSeconds: number | null
}

type JobRow = JournalTables['migration_jobs']

export const unfinished: readonly JobState[] = ['queued', 'running', 'paused', 'interrupted']

export const isUnfinished = ({ state }: { state: JobState }): boolean => unfinished.includes(state)

function fromRow(row: JobRow, now: number): Job {
  const { rowsDone, rowsTotal, requested: _, ...columns } = row
  return {
    ...columns,
    options: JSON.parse(row.options) as JobOptions,
    report: row.report === null ? null : (JSON.parse(row.report) as Report),
    error: row.error === null ? null : (JSON.parse(row.error) as JobError),
    progress: progressOf(row, now),
  }
}

function progressOf(row: JobRow, now: number): Progress {
  const { rowsDone, rowsTotal, startedAt, finishedAt } = row
  const seconds = startedAt === null ? 0 : Math.max(0, ((finishedAt ?? now) - startedAt) / 1000)
  const rowsPerSecond = seconds > 0 ? rowsDone / seconds : 0
  // Rows that v1 got meanwhile are done too, but were not counted.
  const part = rowsTotal > 0 ? Math.min(1, rowsDone / rowsTotal) : 0
  const isEstimable = isUnfinished(row) && part >= 0.01 && rowsPerSecond > 0
  return {
    rowsDone,
    rowsTotal,
    percent: Math.round(part * 1000) / 10,
    rowsPerSecond: Math.round(rowsPerSecond),
    etaSeconds: isEstimable ? Math.max(0, Math.round((rowsTotal - rowsDone) / rowsPerSecond)) : null,
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
  requested: 'pause' | 'cancel' | null,
): Promise<void> {
  await trx.updateTable('migration_jobs').set({ requested }).where('id', '=', id).execute()
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
