import BetterSqlite3 from 'better-sqlite3'
import type { Kysely, Transaction } from 'kysely'
import { kyselyOver, WORKER_TIMEOUT_MS, type Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import { revertSchemaFiles } from '../../db/schema-files.js'
import { takeLock } from '../../db/worker-lock.js'
import { allGroupsOn } from '../../kernel/api-groups.js'
import { folderOf, removeBackup } from '../../migration/backup/backup-folders.js'
import { checkBackup } from '../../migration/backup/check-backup.js'
import { makerOf, type AddFiles } from '../../migration/backup/make-backup.js'
import { readManifest } from '../../migration/backup/manifest.js'
import { addTableFiles } from '../../migration/backup/table-files.js'
import { readTables } from '../../migration/backup/table-lines.js'
import type { Phase } from '../../migration/job.js'
import type { Check } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import { readState, writeState } from '../../migration/state.js'
import { contractReasons } from './contract-reasons.js'
import type { ContractOptions } from './options.js'
import { bridgeSchemaFiles } from './schema-files.js'
import { dropStoredSync } from './sync/objects.js'
import { v1OnlyIndexes, v1OnlyTables } from './v1-only-tables.js'

/** For the backup: the rows that go with v1 without ever having been in v2. */
export const addQuarantine: AddFiles = (copy, add) => {
  for (const table of readTables(copy))
    if (table.name === 'migration_quarantine') addTableFiles(copy, 'quarantine', table, add)
}

/**
 * Drops v1: its tables, their indexes, what kept both schemas in step, and the indexes that only v1 used. One
 * transaction, on a connection of its own without foreign keys: with them, to drop a parent is to delete all
 * that refers to it. What made it refused at the start is looked at again inside.
 */
export const contract = (options: ContractOptions): Phase => ({
  name: 'contract',
  async run(run) {
    // A job that goes on after a crash has done it already.
    if (readState(run.db).stage === 'contracted') return
    await requireRestorable(run)
    const dangling = countIn(run.db, danglingIn)
    await run.rest()
    const startedAt = performance.now()
    const checks = await onOwnConnection(run, (trx, db) => drop(run, { trx, db, options, dangling }))
    run.findings.checks.push(...checks, heldFor(Math.round(performance.now() - startedAt)))
  },
})

async function requireRestorable(run: Run): Promise<void> {
  const { dir } = run.settings.backups
  const folder = folderOf(dir, run.job.id)
  const wrong = await checkBackup(folder, readManifest(folder), () => run.rest())
  if (wrong.length === 0) return
  removeBackup(dir, makerOf(run), run.job.id)
  throw new JobFailure({
    code: 'backup-damaged',
    detail: `The backup cannot be restored: ${wrong.join('; ')}. Nothing was dropped.`,
  })
}

type Act = (trx: Transaction<unknown>, db: Handle) => Promise<Check[]>

async function onOwnConnection(run: Run, act: Act): Promise<Check[]> {
  const db = new BetterSqlite3(run.path, { fileMustExist: true, timeout: WORKER_TIMEOUT_MS })
  // Inside a transaction it would do nothing, without a word.
  db.pragma('foreign_keys = OFF')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  const kysely: Kysely<unknown> = kyselyOver(db, async (handle) => takeLock(handle))
  try {
    return await kysely.transaction().execute((trx) => act(trx, db))
  } finally {
    await kysely.destroy()
    // Kysely leaves alone what it has never used.
    db.close()
  }
}

interface Dropping {
  trx: Transaction<unknown>
  db: Handle
  options: ContractOptions
  /** What refers to nothing already, by table: looked at before the lock is taken. */
  dangling: Counts
}

async function drop(run: Run, { trx, db, options, dangling }: Dropping): Promise<Check[]> {
  run.requireLease()
  await requireStillAllowed(run, trx, options)
  const dropped = v1OnlyTables.filter((name) => isThere(db, name))
  const before = { rows: countIn(db, rowsIn), dangling }
  // One left on a dropped table would fail every later write.
  for (const statement of dropStoredSync(db)) db.exec(statement)
  await revertSchemaFiles(trx, bridgeSchemaFiles)
  for (const name of dropped) {
    requireForeignKeysOff(db)
    db.exec(`DROP TABLE ${identifier(name)}`)
  }
  for (const index of v1OnlyIndexes) db.exec(`DROP INDEX IF EXISTS ${identifier(index)}`)
  writeState(db, { stage: 'contracted', groups: allGroupsOn('v2'), inStep: null, brownoutUntil: null })
  const checks = compare(before, { rows: countIn(db, rowsIn), dangling: countIn(db, danglingIn) })
  requireAllPassed(checks)
  return [...checks, tablesDropped(dropped)]
}

const isThere = (db: Handle, name: string) =>
  db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(name) !== undefined

/** Time has passed since the job was admitted: a backup was made. */
async function requireStillAllowed(
  { settings }: Run,
  trx: Transaction<unknown>,
  options: ContractOptions,
): Promise<void> {
  const reasons = await contractReasons(trx, options, settings)
  if (reasons.length > 0)
    throw new JobFailure({
      code: 'contract-refused',
      detail: `Nothing was dropped. ${reasons.map(({ detail }) => detail).join(' ')}`,
    })
}

export function requireForeignKeysOff(db: Handle): void {
  if (db.pragma('foreign_keys', { simple: true }) !== 0)
    throw new Error('Foreign keys are on: to drop a table would delete what refers to it.')
}

type Counts = Readonly<Record<string, number>>

/** Of the tables of the file that stay and that the journal does not write to meanwhile. */
function countIn(db: Handle, count: (db: Handle, table: string) => number): Counts {
  const names = readTables(db).map(({ name }) => name)
  return Object.fromEntries(names.filter(isKept).map((name) => [name, count(db, name)]))
}

const rowsIn = (db: Handle, table: string) =>
  db
    .prepare(`SELECT count(*) FROM ${identifier(table)}`)
    .pluck()
    .get() as number

const danglingIn = (db: Handle, table: string) =>
  (db.pragma(`foreign_key_check(${identifier(table)})`) as unknown[]).length

/** What refers to nothing may be mended meanwhile; no more of it may come. */
function compare(
  before: { rows: Counts; dangling: Counts },
  after: { rows: Counts; dangling: Counts },
): Check[] {
  const tables = Object.keys(after.rows)
  const check = (
    id: string,
    title: string,
    holds: (table: string) => boolean,
    which: 'rows' | 'dangling',
  ): Check => ({
    id,
    group: 'contract',
    title,
    status: tables.every(holds) ? 'passed' : 'failed',
    expected: Object.fromEntries(tables.map((table) => [table, before[which][table] ?? 0])),
    actual: after[which],
    samples: [],
  })
  return [
    check(
      'rows-kept',
      'Every table that stays has the rows that it had',
      (table) => after.rows[table] === before.rows[table],
      'rows',
    ),
    check(
      'references-kept',
      'No row refers to nothing that did not before',
      (table) => (after.dangling[table] ?? 0) <= (before.dangling[table] ?? 0),
      'dangling',
    ),
  ]
}

const tablesDropped = (dropped: readonly string[]): Check => ({
  id: 'tables-dropped',
  group: 'contract',
  title: 'The tables of v1 are gone',
  status: 'passed',
  expected: dropped,
  actual: dropped,
  samples: [],
})

/** The journal writes down what goes on here. */
const isKept = (name: string) =>
  !v1OnlyTables.includes(name) && !/^(audit_log|schema_files|migration_)/.test(name)

export function requireAllPassed(checks: readonly Check[]): void {
  const failed = checks.filter(({ status }) => status === 'failed')
  if (failed.length > 0)
    throw new JobFailure({
      code: 'checks-failed',
      detail: `Nothing was dropped. ${failed.map(({ title, expected, actual }) => `${title}: ${JSON.stringify(expected)} before, ${JSON.stringify(actual)} after.`).join(' ')}`,
    })
}

const heldFor = (ms: number): Check => ({
  id: 'writes-held',
  group: 'contract',
  title: 'Milliseconds for which writes had to wait',
  status: 'passed',
  expected: 'less than 5000',
  actual: ms,
  samples: [],
})
