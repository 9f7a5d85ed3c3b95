import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, readFileSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { readTables, type BackedTable } from '../../src/migration/backup/table-lines.js'
import type { Job } from '../../src/migration/jobs.repository.js'
import { isOfJournal } from '../../src/migration/journal-files.js'
import type { Restoration } from '../../src/migration/report.js'
import { defaultSettings } from '../../src/migration/settings.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { post, read, served, v1Path } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { adoptedFile, runHere, sqlConsole } from './migrated.js'
import { schemaOf } from './v1-file.js'

const DAY_MS = 86_400_000

const backedUp = (path: string, id: string) => join(dirname(path), 'backups', id, 'database.db')

const tablesOf = (db: Handle) =>
  db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'`)
    .pluck()
    .all() as string[]

/** Also where in the file each row is. */
const rowsOf = (db: Handle, { name, columns, order, rowid = 'NULL' }: BackedTable) =>
  db
    .prepare(
      `SELECT ${[rowid, ...columns.map((c) => `typeof("${c}") || hex(CAST("${c}" AS BLOB))`)].join(', ')}
       FROM "${name}" ORDER BY ${order}`,
    )
    .raw()
    .all()

/** Every byte of the data, and every declaration; the tables of the journal are not among them. */
function dataOf(path: string) {
  const db = sqlConsole(path)
  try {
    const schema = schemaOf(db) as { name: string; sql: string | null }[]
    return {
      rows: Object.fromEntries(
        readTables(db)
          .filter(({ name }) => !isOfJournal(name))
          .map((table) => [table.name, rowsOf(db, table)]),
      ),
      schema,
      state: db.prepare('SELECT stage, groups, groupsSince, cutoverAt FROM migration_state').get(),
    }
  } finally {
    db.close()
  }
}

/** The rows of the journal that nobody may lose. */
function journalOf(path: string) {
  const db = sqlConsole(path)
  try {
    const all = (table: string) => db.prepare(`SELECT * FROM ${table}`).all()
    return {
      audit: all('audit_log'),
      jobs: all('migration_jobs') as { id: string }[],
      events: all('migration_events'),
      cursors: all('migration_cursors'),
      keys: all('idempotency_keys'),
      usage: all('v1_usage'),
      id: db.prepare('SELECT databaseId FROM migration_state').pluck().get(),
    }
  } finally {
    db.close()
  }
}

function byConsole(path: string, sql: string, foreignKeys: 'ON' | 'OFF' = 'ON'): void {
  const db = sqlConsole(path)
  db.pragma(`foreign_keys = ${foreignKeys}`)
  db.exec(sql)
  db.close()
}

/** The file with its backups, under another name. */
function cloneOf(t: Test, path: string, ...backups: string[]): string {
  const db = sqlConsole(path)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  const copy = join(temporaryFolder(t), 'app.db')
  copyFileSync(path, copy)
  for (const id of backups)
    cpSync(join(dirname(path), 'backups', id), join(dirname(copy), 'backups', id), { recursive: true })
  return copy
}

const restoreHere = (path: string, backupId: string, options: object = {}) =>
  runHere(path, 'restore', { backupId, ...options })

function succeeded(t: Test, { state, error, report }: Job): Restoration {
  const failed = report?.checks.filter(({ status }) => status === 'failed')
  t.equal(state, 'succeeded', `${error?.detail ?? ''} ${JSON.stringify(failed)}`)
  if (report?.restoration == null) throw new Error('it has restored nothing')
  return report.restoration
}

/** A file that has been through every stage, with a backup of each. */
async function travelled(t: Test) {
  const path = await adoptedFile(t, 60)
  const later = { settings: { ...defaultSettings(path), clockOffsetMs: 31 * DAY_MS } }
  const backups: Record<string, string> = {}
  const backUp = async (stage: string) => {
    backups[stage] = (await runHere(path, 'backup')).id
  }
  await backUp('v1')
  byConsole(path, `UPDATE supplier_task_instances SET notes = 'since v1' WHERE rowid % 5 = 0`)
  await runHere(path, 'migrate', { backup: false })
  await backUp('migrated')
  byConsole(
    path,
    `UPDATE v2_supplier_task_instances SET owner = 'Ann', status = 'in_progress' WHERE rowid % 7 = 0;
    DELETE FROM supplier_project_instances WHERE rowid = 2`,
  )
  await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
  await runHere(path, 'validate', {}, later)
  await backUp('cutover')
  const contracted = await runHere(path, 'contract', { confirm: 'drop-v1', quietDays: 0 }, later)
  if (contracted.state !== 'succeeded') throw new Error(contracted.error?.detail)
  byConsole(path, `UPDATE v2_task_type_sections SET name = name || ' new'`)
  await backUp('contracted')
  return { path, backups: backups as Record<Stage, string> }
}
type Stage = 'v1' | 'migrated' | 'cutover' | 'contracted'

/** From contracted on: every stage is followed by every other one. */
const everyMove: readonly Stage[] = [
  'v1',
  'migrated',
  'v1',
  'cutover',
  'v1',
  'contracted',
  'migrated',
  'cutover',
  'migrated',
  'contracted',
  'cutover',
  'contracted',
]

t.test('a restore of everything', async (t) => {
  const { path: travelledPath, backups } = await travelled(t)
  const given = (t: Test) => cloneOf(t, travelledPath, ...Object.values(backups))

  t.test('leads from each stage to each other, to the byte, and loses nothing of the journal', async (t) => {
    const path = given(t)
    byConsole(
      path,
      `INSERT INTO v1_usage VALUES (1, '2026-01-01', 'GET /v1/tasks', 'api', '', 3, 1);
      INSERT INTO idempotency_keys VALUES ('api', 'POST', 'key', 'f', '{}', 1)`,
    )
    for (const to of everyMove) {
      const before = journalOf(path)
      const db = sqlConsole(path)
      const stage = db.prepare('SELECT stage FROM migration_state').pluck().get()
      db.close()
      const { id, report, ...job } = await restoreHere(path, backups[to])
      const restoration = succeeded(t, { id, report, ...job })
      t.match(restoration, { backupId: backups[to], stage: { before: stage, after: to } })
      const expected = dataOf(backedUp(path, backups[to]))
      const actual = dataOf(path)
      // A validation looks at what was written since the last one, and notes that it has.
      delete expected.rows.touched_rows
      delete actual.rows.touched_rows
      t.strictSame(actual, expected, `from ${String(stage)} to ${to}`)
      const after = journalOf(path)
      t.equal(after.id, before.id)
      for (const part of ['audit', 'keys', 'usage', 'cursors'] as const)
        t.strictSame(after[part].slice(0, before[part].length), before[part], part)
      t.strictSame(
        after.jobs.filter((one) => one.id !== id),
        before.jobs,
      )
      t.equal(report?.backup?.id, id, 'the old state is in a backup')
      const check = sqlConsole(path)
      t.equal(check.pragma('integrity_check', { simple: true }), 'ok')
      t.same(check.pragma('foreign_key_check'), [])
      check.close()
      const opened = await openApplicationDatabase(path, allGroupsOn('v1'))
      await opened.close()
    }
  })

  t.test('can be taken back by its own backup', async (t) => {
    const path = given(t)
    const before = dataOf(path)
    const { id } = await restoreHere(path, backups.v1)
    succeeded(t, await restoreHere(path, id))
    t.strictSame(dataOf(path), before)
  })

  t.test('counts what it writes, and writes nothing where nothing differs', async (t) => {
    const path = given(t)
    succeeded(t, await restoreHere(path, backups.cutover))
    byConsole(
      path,
      `UPDATE suppliers SET contactInfo = 'elsewhere' WHERE rowid = 1;
      INSERT INTO projects (id, name, createdAt, updatedAt) VALUES ('new', 'New', 1, 1)`,
    )
    const { tables } = succeeded(t, await restoreHere(path, backups.cutover))
    const of = (name: string) => tables.find(({ table }) => table === name)
    t.match(of('suppliers'), { deleted: 0, inserted: 0, updated: 1, samples: { updated: [/./] } })
    t.match(of('projects'), { deleted: 1, inserted: 0, updated: 0, samples: { deleted: ['new'] } })
    t.match(of('milestones'), { deleted: 0, inserted: 0, updated: 0 })
    const again = succeeded(t, await restoreHere(path, backups.cutover))
    t.same(
      again.tables.filter(
        ({ table, deleted, inserted, updated }) =>
          table !== 'touched_rows' && deleted + inserted + updated > 0,
      ),
      [],
    )
  })

  t.test(
    'tells rows apart that SQLite takes for equal, and brings keyless ones back to their places',
    async (t) => {
      const path = await adoptedFile(t, 20)
      byConsole(
        path,
        `CREATE TABLE odd (v, w COLLATE NOCASE);
      INSERT INTO odd VALUES (1, 'a'), (1, 'a'), (NULL, x'00ff'), ('x' || char(0) || 'y', 'B');
      CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
      INSERT INTO pairs VALUES ('1', '2'), ('1', '3');
      CREATE VIEW both AS SELECT * FROM odd, pairs;
      CREATE TRIGGER own AFTER DELETE ON odd BEGIN INSERT OR IGNORE INTO pairs VALUES ('by', 'trigger'); END`,
      )
      const { id } = await runHere(path, 'backup')
      const before = dataOf(path)
      byConsole(
        path,
        `UPDATE odd SET v = 1.0, w = 'A' WHERE rowid = 1; DELETE FROM odd WHERE rowid > 2;
      DROP VIEW both; CREATE INDEX new ON odd (v); CREATE TABLE newer (x); DELETE FROM pairs WHERE b = '2' OR a = 'by';
      INSERT INTO newer VALUES (1)`,
      )
      const { tables } = succeeded(t, await restoreHere(path, id))
      t.match(
        tables.filter(({ table }) => ['odd', 'newer'].includes(table)),
        [
          { table: 'odd', updated: 1, inserted: 2 },
          { table: 'newer', deleted: 1 },
        ],
      )
      t.strictSame(dataOf(path), before)
    },
  )

  t.test('as a dry run changes nothing, and says what it would do', async (t) => {
    const path = given(t)
    const hash = () =>
      createHash('sha256')
        .update(JSON.stringify(dataOf(path)))
        .digest('hex')
    const before = hash()
    const { report, ...job } = await restoreHere(path, backups.migrated, { dryRun: true })
    const restoration = succeeded(t, { report, ...job })
    t.equal(hash(), before)
    t.equal(report?.backup, null)
    t.match(restoration, {
      stage: { before: 'contracted', after: 'migrated' },
      undone: [{ subject: 'supplier-task-instance' }],
    })
    t.ok(restoration.bytes > 0)
    const of = (name: string) => restoration.tables.find(({ table }) => table === name)
    t.match(of('milestones'), { deleted: 0, updated: 0 })
    t.ok((of('milestones')?.inserted ?? 0) > 0, 'v1 is not there any more')
    const { tables } = succeeded(t, await restoreHere(path, backups.migrated))
    t.strictSame(tables, restoration.tables, 'the real one writes the same')
  })

  t.test('ends as failed, with nothing changed, where the backup is damaged', async (t) => {
    const path = given(t)
    truncateSync(backedUp(path, backups.v1), 8192)
    const before = dataOf(path)
    t.match(await restoreHere(path, backups.v1), {
      state: 'failed',
      error: { code: 'backup-damaged', detail: /database.db has 8192 bytes/ },
    })
    t.strictSame(dataOf(path), before)
  })

  t.test('that was killed after its end succeeds as it is', async (t) => {
    const path = given(t)
    const { id } = await restoreHere(path, backups.migrated)
    byConsole(
      path,
      `UPDATE migration_jobs SET state = 'interrupted', report = NULL, finishedAt = NULL WHERE id = '${id}';
      UPDATE suppliers SET contactInfo = 'written afterwards' WHERE rowid = 1`,
    )
    t.match(await runHere(path, 'restore', {}, { jobId: id }), { state: 'succeeded' })
    const db = sqlConsole(path)
    t.equal(
      db.prepare('SELECT contactInfo FROM suppliers WHERE rowid = 1').pluck().get(),
      'written afterwards',
    )
    db.close()
  })
})

t.test('the tables that are not restored', async (t) => {
  t.test('are those of every journal', async (t) => {
    const path = join(temporaryFolder(t), 'new.db')
    const db = await openApplicationDatabase(path, allGroupsOn('v2'))
    await db.close()
    const handle = sqlConsole(path)
    const journal = tablesOf(handle).filter(
      (name) => !/^(v2_|change_history)/.test(name) && !isOfJournal(name),
    )
    handle.close()
    t.same(journal, ['suppliers', 'projects', 'task_types', 'supplier_project_instances'])
    t.ok(readFileSync(path).length > 0)
  })
})
void [post, read, served, v1Path]
