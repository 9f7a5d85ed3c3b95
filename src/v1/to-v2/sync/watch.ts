import { sql, type Kysely } from 'kysely'
import type { FastifyBaseLogger } from 'fastify'
import { write, type Database } from '../../../db/database.js'
import type { SyncState } from '../../../migration/state.js'
import { readFileTraits } from '../../file-traits.js'
import { mappingOf } from '../mapping/index.js'
import { GUARD_LEAKED } from './guard.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { driftOf, syncObjectNames } from './objects.js'

const WATCH_MS = 1_000

export interface SyncWatch {
  /** What is known of the sync now. */
  read(): Promise<SyncState>
  /** Looks at once, and raises the alarm where something is wrong. */
  look(): Promise<void>
  stop(): void
}

/**
 * Looks every second whether a guard row was left behind or a trigger of the sync is not as it should be:
 * other programs have the file too. Either is put on record, and closes the cutover until it is mended.
 */
export function watchSync(db: Database<unknown>, log: FastifyBaseLogger): SyncWatch {
  let told = ''
  const look = async () => {
    if (!(await hasSync(db.reader))) return
    const leaked = await isLeaking(db.reader)
    const wrong = [...(leaked ? [GUARD_LEAKED] : []), ...(await readDrift(db.reader)).map((one) => `${one}.`)]
    const what = wrong.join(' ')
    if (what === told) return
    told = leaked ? '' : what
    if (wrong.length === 0) return
    log.error({ wrong }, 'the sync is broken: run repair')
    await write(db, (trx) => raiseAlarm(trx, what))
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.error({ err: error }, 'the sync could not be looked at'))
  }, WATCH_MS)
  timer.unref()
  return { look, read: () => readSync(db.reader), stop: () => clearInterval(timer) }
}

async function readSync(db: Kysely<unknown>): Promise<SyncState> {
  if (!(await hasSync(db))) return { drift: [], waiting: [], lastAlarm: null }
  const { rows: waiting } = await sql<{ table: string; reason: string; rows: number }>`
    select mapping as "table", reason, count(*) as rows from migration_quarantine
    where resolution is null group by 1, 2 order by 1, 2`.execute(db)
  const { rows: alarms } = await sql<{ at: number; what: string }>`
    select at, what from sync_alarms order by id desc limit 1`.execute(db)
  return { drift: await readDrift(db), waiting, lastAlarm: alarms[0] ?? null }
}

async function hasSync(db: Kysely<unknown>): Promise<boolean> {
  const { rows } =
    await sql`select 1 from sqlite_master where type = 'table' and name = 'sync_guard'`.execute(db)
  return rows.length > 0
}

async function isLeaking(db: Kysely<unknown>): Promise<boolean> {
  const { rows } = await sql`select 1 from sync_guard`.execute(db)
  return rows.length > 0
}

/** Views and triggers of the sync that are missing or altered, a sentence each. */
export async function readDrift(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{
    sql: string
  }>`select sql from sqlite_master where type in ('trigger', 'view')`.execute(db)
  return driftOf(new Set(rows.map((row) => row.sql)), await readMappings(db))
}

/** The names of the sync's views and triggers for the file at hand. */
export const readSyncNames = async (db: Kysely<unknown>): Promise<string[]> =>
  syncObjectNames(await readMappings(db))

const readMappings = async (db: Kysely<unknown>): Promise<readonly RowMapping[]> =>
  mappingOf(await readFileTraits(db))

/** As `sync-guard.ts` does it for a job, in the same transaction as the guard row's end. */
async function raiseAlarm(db: Kysely<unknown>, what: string): Promise<void> {
  await sql`delete from sync_guard`.execute(db)
  const at = Date.now()
  await sql`insert into sync_alarms (at, what) values (${at}, ${what})`.execute(db)
  await sql`update migration_state set inStep = 0, checkedAt = ${at}`.execute(db)
}
