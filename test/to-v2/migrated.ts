import BetterSqlite3 from 'better-sqlite3'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openDatabase, write, type Database, type Handle } from '../../src/db/database.js'
import { WaitingWriters } from '../../src/db/waiting-writers.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { JobKind } from '../../src/migration/job.js'
import { findJob, insertJob, takeLease, type Job } from '../../src/migration/jobs.repository.js'
import type { Limits } from '../../src/migration/pressure.js'
import type { JobSettings } from '../../src/migration/settings.js'
import { runJob } from '../../src/migration/runner.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { temporaryFolder } from '../helper.js'

/** A v1 file of the generator's, adopted and closed again. */
export async function adoptedFile(t: Test, instances: number, options: object = {}): Promise<string> {
  const path = join(temporaryFolder(t), 'app.db')
  generateV1({ path, instances, seed: 7, ...options })
  await adopt(path)
  return path
}

export async function adopt(path: string): Promise<void> {
  const db = await openApplicationDatabase(path, allGroupsOn('v1'))
  await db.close()
}

export interface JobRun {
  kinds?: readonly JobKind[]
  stopping?: () => boolean
  /** A job that is in the journal already goes on. */
  jobId?: string
  limits?: Limits
  settings?: JobSettings
  waiting?: WaitingWriters
  handle?: Handle
  /** Stays open. */
  db?: Database<JournalTables>
}

/** Runs a job in this thread, where coverage is measured, and gives it as the API would. */
export async function runHere(
  path: string,
  job: string,
  options: object = {},
  {
    kinds = jobKinds,
    stopping = () => false,
    jobId,
    waiting = WaitingWriters.create(),
    limits,
    settings,
    handle,
    db: given,
  }: JobRun = {},
): Promise<Job> {
  const db = given ?? openDatabase<JournalTables>(path)
  try {
    const { id, fence } = await write(db, async (trx) => ({
      id: jobId ?? (await insertJob(trx, { job, options: { ...defaults[job], ...options } })),
      fence: await takeLease(trx, 'test'),
    }))
    await runJob(kinds, {
      path,
      jobId: id,
      owner: { id: 'test', fence },
      waiting,
      stopping,
      ...(limits === undefined ? {} : { limits }),
      ...(settings === undefined ? {} : { settings }),
      ...(handle === undefined ? {} : { handle }),
    })
    return await getJob(db, id)
  } finally {
    if (given === undefined) await db.close()
  }
}

const defaults: Record<string, object> = {
  assess: { builtInSectionNames: true },
  migrate: { builtInSectionNames: true, dryRun: false, chunkMs: 8 },
  repair: { keep: 'newer' },
}

export async function getJob(db: Database<JournalTables>, id: string): Promise<Job> {
  const job = await findJob(db.reader, id)
  if (job === undefined) throw new Error(`no job ${id}`)
  return job
}

/** As a SQL console: foreign keys off, and all triggers of the file run. */
export function sqlConsole(path: string): Handle {
  const handle = new BetterSqlite3(path, { timeout: 5000 })
  handle.pragma('foreign_keys = OFF')
  return handle
}

/** The same file under another name, to be damaged. */
export function copyOf(t: Test, path: string): string {
  const copy = join(temporaryFolder(t), 'copy.db')
  const handle = new BetterSqlite3(path)
  handle.pragma('wal_checkpoint(TRUNCATE)')
  handle.close()
  copyFileSync(path, copy)
  return copy
}

/** Every value of a table, as SQL sees it: for comparing byte by byte. */
export const contentsOf = (handle: Handle, table: string, which = '1'): unknown[] => {
  const columns = handle.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[]
  return handle
    .prepare(
      `SELECT ${columns.map((c) => `typeof("${c}") || ':' || hex(CAST("${c}" AS BLOB))`).join(', ')} FROM "${table}" WHERE ${which} ORDER BY rowid`,
    )
    .raw()
    .all()
}

/** `migrate`, with something done right after one of its phases. */
export function migrateWith(after: string, act: () => void): JobKind[] {
  return jobKinds.map((kind) => ({
    ...kind,
    phases: (options) =>
      kind.phases(options).map((phase) => ({
        ...phase,
        async run(run) {
          await phase.run(run)
          if (phase.name === after) act()
        },
      })),
  }))
}
