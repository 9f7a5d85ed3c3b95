import { createHash } from 'node:crypto'
import { cpSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { Job } from '../../src/migration/jobs.repository.js'
import { isOfJournal } from '../../src/migration/journal-files.js'
import type { Restoration } from '../../src/migration/report.js'
import { defaultSettings } from '../../src/migration/settings.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { post, read, served, v1Path } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { adoptedFile, runHere, sqlConsole } from './migrated.js'
import { backedUp, byConsole, cloneOf, dataOf } from './restored-file.js'

const DAY_MS = 86_400_000

const tablesOf = (db: Handle) =>
  db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'`)
    .pluck()
    .all() as string[]

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
  })
})

const instances = { tables: ['supplier_task_instances'] }

/** The ids of rows, in the order of the file. */
function idsOf(path: string, table: string, which = '1'): string[] {
  const db = sqlConsole(path)
  const ids = db.prepare(`SELECT id FROM ${table} WHERE ${which} ORDER BY rowid`).pluck().all() as string[]
  db.close()
  return ids
}

/** Rows of a table as a backup, or the file itself, has them. */
function rowsBy(path: string, table: string, which = '1'): unknown[] {
  const db = sqlConsole(path)
  const rows = db.prepare(`SELECT * FROM ${table} WHERE ${which} ORDER BY id`).all()
  db.close()
  return rows
}

t.test('a restore of named tables', async (t) => {
  const ready = await adoptedFile(t, 60)
  await runHere(ready, 'migrate', { backup: false })
  const { id: backupId } = await runHere(ready, 'backup')
  const given = (t: Test) => cloneOf(t, ready, backupId)
  const ofInstances = ({ tables }: Restoration) =>
    tables.find(({ table, because }) => table === 'supplier_task_instances' && because === 'asked')

  t.test('brings its rows back, deleted and changed ones, and the other schema follows', async (t) => {
    const path = given(t)
    byConsole(
      path,
      `DELETE FROM supplier_task_instances WHERE rowid % 4 = 0;
      UPDATE supplier_task_instances SET status = 'blocked', notes = 'since' WHERE rowid % 4 = 1;
      UPDATE suppliers SET contactInfo = 'stays as it is' WHERE rowid = 1`,
    )
    const { report, ...job } = await restoreHere(path, backupId, instances)
    const restoration = succeeded(t, { report, ...job })
    const backup = backedUp(path, backupId)
    for (const table of ['supplier_task_instances', 'v2_supplier_task_instances'])
      t.strictSame(rowsBy(path, table), rowsBy(backup, table), table)
    t.same(rowsBy(path, 'suppliers', `contactInfo = 'stays as it is'`).length, 1)
    const { inserted = 0, updated = 0, deleted } = ofInstances(restoration) ?? {}
    t.ok(inserted > 5 && updated > 5, `${inserted} ${updated}`)
    t.equal(deleted, 0)
    t.same(restoration.tables.length, 1)
    const [undone] = restoration.undone
    t.equal(undone?.subject, 'supplier-task-instance')
    t.ok((undone?.changes ?? 0) > inserted + updated)
    t.match(
      report?.checks.filter(({ group }) => group === 'restore').map(({ id, status }) => `${id} ${status}`),
      ['rows-as-backed-up passed', 'references-kept passed', 'writes-held passed'],
    )
  })

  t.test('is in the history as a job’s work, and loses none of it', async (t) => {
    const path = given(t)
    byConsole(path, `UPDATE supplier_task_instances SET notes = 'since' WHERE rowid = 1`)
    const [changed] = idsOf(path, 'supplier_task_instances', 'rowid = 1')
    const { id } = await restoreHere(path, backupId, instances)
    const db = sqlConsole(path)
    const history = db
      .prepare(
        `SELECT origin, requestId, oldValue FROM change_history WHERE subjectId = ? AND field = 'notes' ORDER BY id DESC`,
      )
      .all(changed)
    db.close()
    t.match(history, [{ origin: 'migration', requestId: id, oldValue: 'since' }, { origin: 'v1' }])
  })

  t.test('brings the parents along that its rows need, and no other row of theirs', async (t) => {
    const path = given(t)
    const [supplier = '', other = ''] = idsOf(
      path,
      'suppliers',
      'id IN (SELECT supplierId FROM supplier_project_instances i JOIN supplier_task_instances s ON s.supplierProjectInstanceId = i.id)',
    )
    byConsole(
      path,
      `INSERT INTO suppliers (id, name, contactInfo, createdAt, updatedAt) VALUES ('lonely', 'Lonely', '', 1, 1);
      DELETE FROM suppliers WHERE id = '${supplier}'; UPDATE suppliers SET contactInfo = 'since' WHERE id = '${other}'`,
    )
    const { tables } = succeeded(t, await restoreHere(path, backupId, instances))
    const backup = backedUp(path, backupId)
    t.strictSame(rowsBy(path, 'supplier_task_instances'), rowsBy(backup, 'supplier_task_instances'))
    // Those of the legacy model went with the supplier, and have tables of their own in v1.
    const active = 'id IN (SELECT id FROM supplier_task_instances)'
    t.strictSame(
      rowsBy(path, 'v2_supplier_task_instances', active),
      rowsBy(backup, 'v2_supplier_task_instances', active),
    )
    t.match(
      tables.find(({ table }) => table === 'suppliers'),
      { because: 'parent', inserted: 1, updated: 0, deleted: 0, samples: { inserted: [supplier] } },
    )
    t.same(idsOf(path, 'suppliers', `contactInfo = 'since' OR id = 'lonely'`).length, 2)
  })

  t.test('takes along what refers to rows that go, or has it as it was', async (t) => {
    const path = given(t)
    const [moved = ''] = idsOf(path, 'supplier_task_instances')
    byConsole(
      path,
      `INSERT INTO suppliers (id, name, contactInfo, createdAt, updatedAt) VALUES ('new', 'New', '', 1, 1);
      INSERT INTO supplier_project_instances (id, supplierId, projectId, assignedAt, createdAt, updatedAt)
        SELECT 'new', 'new', projectId, 1, 1, 1 FROM supplier_project_instances
        WHERE id = (SELECT supplierProjectInstanceId FROM supplier_task_instances WHERE id = '${moved}');
      INSERT INTO supplier_task_instances (id, supplierProjectInstanceId, projectMilestoneTaskId, dueDate, createdAt, updatedAt)
        SELECT 'new', 'new', projectMilestoneTaskId, dueDate, 1, 1 FROM supplier_task_instances WHERE id <> '${moved}'
        AND projectMilestoneTaskId <> (SELECT projectMilestoneTaskId FROM supplier_task_instances WHERE id = '${moved}') LIMIT 1;
      UPDATE supplier_task_instances SET supplierProjectInstanceId = 'new', notes = 'moved' WHERE id = '${moved}'`,
    )
    const { tables } = succeeded(t, await restoreHere(path, backupId, { tables: ['suppliers'] }))
    const backup = backedUp(path, backupId)
    for (const table of [
      'suppliers',
      'supplier_project_instances',
      'supplier_task_instances',
      'v2_supplier_task_instances',
    ])
      t.strictSame(rowsBy(path, table), rowsBy(backup, table), table)
    t.match(tables, [
      { table: 'suppliers', because: 'asked', deleted: 1 },
      { table: 'supplier_project_instances', because: 'child', deleted: 1 },
      {
        table: 'supplier_task_instances',
        because: 'child',
        deleted: 1,
        updated: 1,
        samples: { updated: [moved] },
      },
    ])
  })

  t.test('of v2 brings back what v1 has no place for, and v1 follows', async (t) => {
    const path = given(t)
    byConsole(path, `UPDATE v2_supplier_task_instances SET owner = 'Ann' WHERE rowid = 2`)
    const { id } = await runHere(path, 'backup')
    byConsole(
      path,
      `UPDATE v2_supplier_task_instances SET owner = NULL, status = 'cancelled' WHERE rowid = 2;
      DELETE FROM v2_supplier_task_instances WHERE rowid BETWEEN 5 AND 9`,
    )
    succeeded(t, await restoreHere(path, id, { tables: ['v2_supplier_task_instances'] }))
    const v2 = 'v2_supplier_task_instances'
    t.strictSame(rowsBy(path, v2), rowsBy(backedUp(path, id), v2))
    // v1 gets its dates as numbers, whatever they were before.
    const values = (file: string) =>
      (rowsBy(file, 'supplier_task_instances') as Record<string, unknown>[]).map((row) => [
        row.id,
        row.status,
        row.notes,
      ])
    t.strictSame(values(path), values(backedUp(path, id)))
  })

  t.test('of every table of one version makes them what they were', async (t) => {
    const catalogue = ['task_types', 'projects', 'suppliers', 'supplier_project_instances']
    for (const tables of [
      [...catalogue, 'milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances'],
      [
        ...catalogue,
        'v2_task_type_sections',
        'v2_tasks',
        'v2_project_task_types',
        'v2_project_task_templates',
        'v2_supplier_task_instances',
      ],
    ]) {
      const path = given(t)
      byConsole(
        path,
        `DELETE FROM task_types WHERE rowid = 1; DELETE FROM projects WHERE rowid = 1;
        UPDATE tasks SET name = name || ' new'; UPDATE project_milestone_tasks SET dueDate = dueDate + 86400000`,
      )
      succeeded(t, await restoreHere(path, backupId, { tables }))
      for (const table of tables)
        t.strictSame(rowsBy(path, table), rowsBy(backedUp(path, backupId), table), table)
    }
  })

  t.test('leaves a row alone that refers to nothing in the backup, and says so', async (t) => {
    const path = given(t)
    const [orphan = ''] = idsOf(path, 'supplier_task_instances')
    byConsole(
      path,
      `UPDATE supplier_task_instances SET supplierProjectInstanceId = 'nowhere' WHERE id = '${orphan}'`,
      'OFF',
    )
    const { id } = await runHere(path, 'backup')
    byConsole(path, `UPDATE supplier_task_instances SET notes = 'since' WHERE id = '${orphan}'`, 'OFF')
    const { report, ...job } = await restoreHere(path, id, instances)
    succeeded(t, { report, ...job })
    t.match(
      report?.issues.filter(({ code }) => code === 'left-out'),
      [{ table: 'supplier_task_instances', count: 1, samples: [orphan] }],
    )
    t.same(idsOf(path, 'supplier_task_instances', `notes = 'since'`), [orphan])
  })

  t.test('changes nothing where a row that was written since stands against it', async (t) => {
    const path = given(t)
    const [supplier] = rowsBy(
      path,
      'suppliers',
      'id IN (SELECT supplierId FROM supplier_project_instances i JOIN supplier_task_instances s ON s.supplierProjectInstanceId = i.id)',
    ) as { id: string; name: string }[]
    byConsole(
      path,
      `DELETE FROM suppliers WHERE id = '${supplier?.id ?? ''}';
      INSERT INTO suppliers (id, name, contactInfo, createdAt, updatedAt) VALUES ('again', '${supplier?.name ?? ''}', '', 1, 1)`,
    )
    const before = dataOf(path)
    t.match(await restoreHere(path, backupId, instances), {
      state: 'failed',
      error: { code: 'restore-conflict', detail: /Nothing was restored.*suppliers.name/ },
    })
    t.strictSame(dataOf(path), before)
    succeeded(t, await restoreHere(path, backupId, { tables: ['suppliers', ...instances.tables] }))
    t.strictSame(rowsBy(path, 'suppliers'), rowsBy(backedUp(path, backupId), 'suppliers'))
  })

  t.test('does nothing while one schema would not follow the other', async (t) => {
    const path = given(t)
    byConsole(path, `DROP TRIGGER up_tasks_update; DELETE FROM supplier_task_instances WHERE rowid = 1`)
    const before = dataOf(path)
    t.match(await restoreHere(path, backupId, instances), {
      state: 'failed',
      error: { code: 'sync-broken', detail: /Run repair first/ },
    })
    t.strictSame(dataOf(path), before)
  })
})

interface Refused {
  errors: { path: string; message: string }[]
}

t.test('POST /admin/migrations', async (t) => {
  const path = v1Path(t)
  const app = await served(t, path)
  const backUp = async () => (await post(app, 'backup')).body.id
  const v1 = await backUp()
  await post(app, 'migrate', { backup: false })
  const migrated = await backUp()
  const invalid = async (options: object) => (await post<Refused>(app, 'restore', options)).body.errors

  t.test('wants a restore confirmed by the id of the backup', async (t) => {
    for (const confirm of [undefined, v1])
      t.match(await invalid({ backupId: migrated, ...(confirm === undefined ? {} : { confirm }) }), [
        { path: '/options/confirm', message: new RegExp(`must be "${migrated}".*"dryRun": true`) },
      ])
  })
  t.test('refuses a backup that is not there, or of another database', async (t) => {
    const none = migrated.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    t.match(await invalid({ backupId: none, confirm: none }), [{ path: '/options/backupId' }])
    const other = join(temporaryFolder(t), 'app.db')
    cpSync(v1Path(t), other)
    const stranger = await served(t, other, { BACKUP_DIR: join(dirname(path), 'backups') })
    t.match(await post(stranger, 'restore', { backupId: migrated, confirm: migrated }), {
      status: 409,
      body: { code: 'backup-unusable' },
    })
  })
  t.test('refuses tables that cannot be restored alone', async (t) => {
    const ask = (backupId: string, ...tables: string[]) => invalid({ backupId, tables, dryRun: true })
    t.match(await ask(migrated, 'suppliers', 'supplier', 'audit_log'), [
      { path: '/options/tables/1', message: /none of the tables .*: milestones, project_milestone_tasks/ },
      { path: '/options/tables/2' },
    ])
    t.match(await ask(v1, 'v2_tasks'), [{ path: '/options/tables/0', message: /is not in the backup/ }])
    t.match(await ask(migrated, 'tasks', 'v2_tasks'), [{ path: '/options/tables', message: /one version/ }])
    t.match(await invalid({ backupId: migrated, tables: [], dryRun: true }), [{ path: '/options/tables' }])
  })
  t.test(
    'restores while clients write: what is written after it stays, and routes follow the stage',
    async (t) => {
      await post(app, 'cutover', { groups: allGroupsOn('v2') })
      t.equal((await read(app, '/v2/dashboard')).status, 200)
      const names: string[] = []
      const job = { isOver: false }
      const writing = (async () => {
        for (let n = 0; !job.isOver || n < 20; n++) {
          const answer = await app.inject({
            method: 'POST',
            url: '/v1/suppliers',
            payload: { name: `S${n}`, contactInfo: '' },
          })
          if (answer.statusCode === 201) names.push(`S${n}`)
          else
            t.match(
              { status: answer.statusCode, after: answer.headers['retry-after'] },
              { status: 503, after: /./ },
            )
        }
      })()
      const { body } = await post(app, 'restore', { backupId: v1, confirm: v1 })
      job.isOver = true
      await writing
      t.match(body, { state: 'succeeded', error: null })
      const left = rowsBy(path, 'suppliers', `name GLOB 'S[0-9]*'`) as { name: string }[]
      const kept = new Set(left.map(({ name }) => name))
      t.same(
        names.filter((name) => kept.has(name)),
        names.slice(names.length - kept.size),
        'the last ones',
      )
      t.match((await read(app, '/admin/status')).body, {
        stage: 'v1',
        groups: allGroupsOn('v1'),
        runningJob: null,
      })
      t.match(await read(app, '/v2/dashboard'), { status: 409, body: { code: 'v2-not-active' } })
      t.equal((await read(app, '/v1/dashboard')).status, 200)
      t.match((await read(app, `/admin/audit-log?jobId=${body.id}`)).body.items, [
        { action: 'job-ended', outcome: 'succeeded' },
        { action: 'state-changed', detail: { stage: ['cutover', 'v1'] } },
        { action: 'job-started', options: { backupId: v1, confirm: v1 } },
      ])
      t.match((await post(app, 'restore', { backupId: migrated, confirm: migrated })).body, {
        state: 'succeeded',
      })
      t.match((await read(app, '/admin/status')).body, {
        stage: 'migrated',
        sync: { inStep: true, drift: [] },
      })
      t.match((await post(app, 'cutover', { groups: allGroupsOn('v2') })).body, { state: 'succeeded' })
      t.equal((await read(app, '/v2/dashboard')).status, 200)
    },
  )
  t.test('refuses a table that has other columns in the backup', async (t) => {
    byConsole(path, 'ALTER TABLE suppliers ADD COLUMN colour TEXT')
    t.match(await invalid({ backupId: migrated, tables: ['suppliers'], dryRun: true }), [
      { path: '/options/tables/0', message: /other columns/ },
    ])
    t.match((await post(app, 'restore', { backupId: migrated, confirm: migrated })).body, {
      state: 'succeeded',
    })
    const db = sqlConsole(path)
    t.notOk(db.prepare(`SELECT 1 FROM pragma_table_info('suppliers') WHERE name = 'colour'`).get())
    db.close()
  })
})
