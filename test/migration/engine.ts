import type { Test } from 'tap'
import { openDatabase, write, type Database, type Handle } from '../../src/db/database.js'
import type { JobKind, Phase } from '../../src/migration/job.js'
import { insertJob } from '../../src/migration/jobs.repository.js'
import type { Run } from '../../src/migration/run.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { Body } from '../../src/http/schemas.js'
import { emptyV1File } from '../helper.js'
import { adopt, sqlConsole } from '../to-v2/migrated.js'

/** A job of phases that do what a test wants, under the engine's rules. */
export const kindOf = (phases: readonly Phase[], more: Partial<JobKind> = {}): JobKind => ({
  name: 'trial',
  summary: 'For a test.',
  options: Body({}),
  admit: () => undefined,
  phases: () => phases,
  ...more,
})

export const phase = (
  name: Phase['name'],
  run: (run: Run) => Promise<void> | void,
  undo?: (run: Run) => void,
): Phase => ({
  name,
  run: async (one) => run(one),
  ...(undo === undefined ? {} : { undo: async (one: Run) => undo(one) }),
})

/** An adopted file with a table to write to, and a console on it. */
export async function engine(
  t: Test,
): Promise<{ path: string; handle: Handle; db: Database<JournalTables> }> {
  const path = emptyV1File(t)
  await adopt(path)
  const handle = sqlConsole(path)
  t.teardown(() => handle.close())
  handle.exec('CREATE TABLE written (n INTEGER)')
  const db = openDatabase<JournalTables>(path)
  t.teardown(() => db.close())
  return { path, handle, db }
}

export const queued = (db: Database<JournalTables>, job = 'trial', options: object = {}): Promise<string> =>
  write(db, (trx) => insertJob(trx, { job, options: { ...options } }))

export const writtenRows = (handle: Handle): unknown =>
  handle.prepare('SELECT count(*) FROM written').pluck().get()

export const eventsOf = (handle: Handle, id: string): unknown[] =>
  (
    handle
      .prepare(`SELECT data FROM migration_events WHERE jobId = ? AND type = 'state' ORDER BY id`)
      .pluck()
      .all(id) as string[]
  ).map((data) => (JSON.parse(data) as { to: string }).to)
