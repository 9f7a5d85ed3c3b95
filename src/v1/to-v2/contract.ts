import type { Transaction } from 'kysely'
import type { Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import { revertSchemaFiles } from '../../db/schema-files.js'
import { allGroupsOn } from '../../kernel/api-groups.js'
import { folderOf, removeBackup } from '../../migration/backup/backup-folders.js'
import { checkBackup } from '../../migration/backup/check-backup.js'
import { makerOf, type AddFiles } from '../../migration/backup/make-backup.js'
import { readManifest } from '../../migration/backup/manifest.js'
import { addTableFiles } from '../../migration/backup/table-files.js'
import { readTables } from '../../migration/backup/table-lines.js'
import type { Phase } from '../../migration/job.js'
import { onOwnConnection, requireForeignKeysOff } from '../../migration/own-connection.js'
import type { Check } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import { readState, writeState } from '../../migration/state.js'
import {
  checkReferencesKept,
  checkTables,
  countIn,
  danglingIn,
  heldFor,
  requireAllPassed,
  rowsIn,
  type Counts,
} from '../../migration/table-checks.js'
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
    const dangling = countIn(run.db, keptTables(run.db), danglingIn)
    await run.rest()
    const { result, heldMs } = await onOwnConnection(run, { foreignKeys: 'OFF' }, (trx, db) =>
      drop(run, { trx, db, options, dangling }),
    )
    run.findings.checks.push(...result, heldFor('contract', heldMs))
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

interface Dropping {
  trx: Transaction<unknown>
  db: Handle
  options: ContractOptions
  /** What refers to nothing already, by table: looked at before the lock is taken. */
  dangling: Counts
}

async function drop(run: Run, { trx, db, options, dangling }: Dropping): Promise<Check[]> {
  await requireStillAllowed(run, trx, options)
  const dropped = v1OnlyTables.filter((name) => isThere(db, name))
  const before = { rows: countIn(db, keptTables(db), rowsIn), dangling }
  // One left on a dropped table would fail every later write.
  for (const statement of dropStoredSync(db)) db.exec(statement)
  await revertSchemaFiles(trx, bridgeSchemaFiles)
  for (const name of dropped) {
    requireForeignKeysOff(db)
    db.exec(`DROP TABLE ${identifier(name)}`)
  }
  for (const index of v1OnlyIndexes) db.exec(`DROP INDEX IF EXISTS ${identifier(index)}`)
  writeState(db, { stage: 'contracted', groups: allGroupsOn('v2'), inStep: null, brownoutUntil: null })
  const kept = keptTables(db)
  const checks = compare(before, { rows: countIn(db, kept, rowsIn), dangling: countIn(db, kept, danglingIn) })
  requireAllPassed(checks, 'Nothing was dropped.')
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

/** The tables of the file that stay and that the journal does not write to meanwhile. */
const keptTables = (db: Handle) =>
  readTables(db)
    .map(({ name }) => name)
    .filter(isKept)

const compare = (
  before: { rows: Counts; dangling: Counts },
  after: { rows: Counts; dangling: Counts },
): Check[] => [
  checkTables({
    id: 'rows-kept',
    group: 'contract',
    title: 'Every table that stays has the rows that it had',
    expected: before.rows,
    actual: after.rows,
    holds: (actual, expected) => actual === expected,
  }),
  checkReferencesKept('contract', before.dangling, after.dangling),
]

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
