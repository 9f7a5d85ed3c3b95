import { sql, type Kysely } from 'kysely'
import { bareSql } from '../../db/quoting.js'
import { apiGroups } from '../../kernel/api-groups.js'
import { DAY_MS } from '../../kernel/due-date.js'
import { formatInstant } from '../../kernel/instant.js'
import { conflict, type Problem } from '../../kernel/problem.js'
import { listBackups } from '../../migration/backup/backup-folders.js'
import { freeBytes, NEEDED_BYTES } from '../../migration/backup/make-backup.js'
import { nowOf, type JobSettings } from '../../migration/settings.js'
import { getDatabaseId, getState, type MigrationState } from '../../migration/state.js'
import type { JournalTables } from '../../migration/tables.js'
import type { ContractOptions } from './options.js'
import { mirrorReasons } from './sync/record-held.js'
import { readDrift, readSyncNames } from './sync/watch.js'
import { v1OnlyTables } from './v1-only-tables.js'

const HOUR_MS = 3_600_000
const MOST_CLIENTS = 20

/** Why v1 may not go yet, for a program and for a person. */
export interface Reason {
  code: string
  detail: string
  clients?: unknown[]
}

export const contractRefused = (reasons: readonly Reason[]): Problem =>
  conflict('contract-refused', `v1 stays: ${reasons.map(({ detail }) => detail).join(' ')}`, { reasons })

/** Every reason at once: whoever is refused for one learns of the others, too. */
export async function contractReasons(
  db: Kysely<unknown>,
  options: ContractOptions,
  settings: JobSettings,
): Promise<Reason[]> {
  const state = await getState(db as Kysely<JournalTables>)
  return [
    ...ofState(state, settings),
    ...(await ofSync(db, options)),
    ...(await ofClients(db as Kysely<JournalTables>, options, settings)),
    ...(await ofBackups(db, settings)),
    ...(await ofOthers(db)),
  ]
}

const reason = (code: string, detail: string): Reason => ({ code, detail })

function ofState(state: MigrationState, settings: JobSettings): Reason[] {
  const { groups, cutoverAt, checkedAt, inStep } = state
  const now = nowOf(settings)
  const onV1 = apiGroups.filter((group) => groups[group] === 'v1')
  const over = cutoverAt === null ? null : cutoverAt + settings.legacyRetentionDays * DAY_MS
  return [
    ...(onV1.length > 0 ? [reason('groups-on-v1', `v1 serves ${onV1.join(', ')}: cut over first.`)] : []),
    ...(over === null || over > now ? [reason('retention', retentionDetail(over, settings))] : []),
    ...(inStep !== true
      ? [reason('not-validated', 'The last validation did not pass: run validate, or repair.')]
      : (checkedAt ?? 0) < now - HOUR_MS
        ? [reason('validation-old', 'The last validation is older than an hour: run validate.')]
        : []),
  ]
}

const retentionDetail = (over: number | null, { legacyRetentionDays }: JobSettings) =>
  over === null
    ? `The ${legacyRetentionDays} days for which v1 is kept begin with the full cutover.`
    : `v1 is kept until ${formatInstant(over)}.`

async function ofSync(db: Kysely<unknown>, { acceptQuarantined = 0 }: ContractOptions): Promise<Reason[]> {
  const { rows: tables } = await sql`select 1 from sqlite_master where name = 'migration_quarantine'`.execute(
    db,
  )
  if (tables.length === 0) return []
  const drift = await readDrift(db)
  const { rows } = await sql<{ unmirrored: number; held: number; alarms: number }>`
    select count(*) filter (where reason in ${sql.raw(mirrorReasons)}) as unmirrored,
      count(*) filter (where reason not in ${sql.raw(mirrorReasons)}) as held,
      (select count(*) from sync_alarms, migration_state where at >= checkedAt)
        + (select count(*) from sync_guard) as alarms
    from migration_quarantine where resolution is null`.execute(db)
  const { unmirrored = 0, held = 0, alarms = 0 } = rows[0] ?? {}
  return [
    ...(drift.length + unmirrored + alarms > 0
      ? [reason('sync-broken', 'The sync is not whole, or has not carried every write over: run repair.')]
      : []),
    ...(held === acceptQuarantined
      ? []
      : [
          reason(
            'quarantine',
            `${held} rows of v1 are in quarantine, and would be gone: mend them, or say "acceptQuarantined": ${held}.`,
          ),
        ]),
  ]
}

async function ofClients(
  db: Kysely<JournalTables>,
  { quietDays }: ContractOptions,
  settings: JobSettings,
): Promise<Reason[]> {
  const from = formatInstant(nowOf(settings) - quietDays * DAY_MS).slice(0, 10)
  const clients = await db
    .selectFrom('v1_usage')
    .select((eb) => [
      'client',
      'userAgent',
      eb.fn.sum<number>('requests').as('requests'),
      eb.fn.max('day').as('lastDay'),
    ])
    .where('day', '>', from)
    .groupBy(['client', 'userAgent'])
    .orderBy('lastDay', 'desc')
    .limit(MOST_CLIENTS)
    .execute()
  if (clients.length === 0) return []
  const names = clients.map(({ client, userAgent }) => `${client} (${userAgent || 'no user agent'})`)
  return [
    { ...reason('v1-in-use', `v1 was called within ${quietDays} days by ${names.join(', ')}.`), clients },
  ]
}

async function ofBackups(db: Kysely<unknown>, { backups: { dir } }: JobSettings): Promise<Reason[]> {
  const found = listBackups(dir, await getDatabaseId(db as Kysely<JournalTables>))
  const { rows } = await sql<{ bytes: number }>`${sql.raw(NEEDED_BYTES)}`.execute(db)
  const [needed, free] = [rows[0]?.bytes ?? 0, freeBytes(dir)]
  return [
    ...(found.some(({ problem }) => problem === null)
      ? []
      : [reason('no-backup', `There is no backup of this database in ${dir}: run backup.`)]),
    ...ofRoom(dir, needed, free),
  ]
}

export const ofRoom = (dir: string, needed: number, free: number): Reason[] =>
  free >= needed
    ? []
    : [reason('disk', `A backup needs about ${needed} bytes in ${dir}, of which ${free} are free.`)]

/** What others have put into the file and would break: a trigger on a table that stays, a view, a reference. */
async function ofOthers(db: Kysely<unknown>): Promise<Reason[]> {
  const { rows } = await sql<{ type: string; name: string; tbl_name: string; sql: string }>`
    select type, name, tbl_name, sql from sqlite_master where sql is not null`.execute(db)
  const word = new RegExp(`\\b(${v1OnlyTables.join('|')})\\b`, 'i')
  const own = new Set(await readSyncNames(db))
  const others = rows.filter(
    (row) =>
      !own.has(row.name) && !v1OnlyTables.includes(row.tbl_name.toLowerCase()) && word.test(bareSql(row.sql)),
  )
  return others.map(({ type, name }) =>
    reason(
      'depends-on-v1',
      `The ${type} ${name} refers to a table of v1: remove it, or make it refer to v2.`,
    ),
  )
}
