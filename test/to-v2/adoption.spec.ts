import BetterSqlite3 from 'better-sqlite3'
import { copyFileSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { generateV1, type GenerateV1Options } from '../../src/v1/generate/generate-v1.js'
import { temporaryFolder } from '../helper.js'
import { adopt, contentsOf, runHere, sqlConsole } from './migrated.js'
import { schemaOf, v1Contents } from './v1-file.js'

function fieldFile(t: Test, options: Partial<GenerateV1Options> = {}) {
  const path = `${temporaryFolder(t)}/app.db`
  generateV1({ path, instances: 60, seed: 5, ...options })
  return path
}

function consoleOn(t: Test, path: string) {
  const handle = sqlConsole(path)
  t.teardown(() => handle.close())
  return handle
}

const state = (path: string) => {
  const db = sqlConsole(path)
  const row = db.prepare('SELECT stage FROM migration_state').pluck().get()
  db.close()
  return row
}

t.test('a file in DELETE mode', async (t) => {
  t.test('is adopted with every row, and works in WAL mode from then on', async (t) => {
    const path = fieldFile(t, { journalMode: 'delete' })
    const before = v1Contents(consoleOn(t, path))
    await adopt(path)
    const handle = consoleOn(t, path)
    t.equal(handle.pragma('journal_mode', { simple: true }), 'wal')
    t.strictSame(v1Contents(handle), before)
    t.equal(state(path), 'v1')
  })

  t.test('whose last writer was killed is adopted as it was before that write', async (t) => {
    const path = fieldFile(t, { journalMode: 'delete' })
    const killed = `${temporaryFolder(t)}/killed.db`
    const writer = new BetterSqlite3(path)
    writer.pragma('cache_size = 1')
    writer.exec(`BEGIN; UPDATE supplier_task_instances SET notes = hex(randomblob(2000))`)
    copyFileSync(path, killed)
    copyFileSync(`${path}-journal`, `${killed}-journal`)
    writer.exec('ROLLBACK')
    const expected = v1Contents(writer)
    writer.close()
    await adopt(killed)
    t.strictSame(v1Contents(consoleOn(t, killed)), expected)
  })
})

t.test('a file with a -wal left behind', async (t) => {
  t.test('is adopted with what the -wal holds', async (t) => {
    const path = fieldFile(t, { journalMode: 'wal' })
    const left = `${temporaryFolder(t)}/left.db`
    const writer = new BetterSqlite3(path)
    writer.pragma('wal_autocheckpoint = 0')
    writer.exec(`UPDATE supplier_task_instances SET notes = 'in the wal'`)
    copyFileSync(path, left)
    copyFileSync(`${path}-wal`, `${left}-wal`)
    writer.close()
    await adopt(left)
    const notes = consoleOn(t, left)
      .prepare('SELECT DISTINCT notes FROM supplier_task_instances')
      .pluck()
      .all()
    t.strictSame(notes, ['in the wal'])
  })
})

t.test('a file with Prisma’s own table', async (t) => {
  t.test('keeps it as it is, through adoption, migration and removal', async (t) => {
    const path = fieldFile(t, { prismaMigrations: true })
    const handle = consoleOn(t, path)
    const prisma = () => contentsOf(handle, '_prisma_migrations')
    const before = prisma()
    t.ok(before.length > 0)
    await adopt(path)
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    t.strictSame(prisma(), before)
  })
})

t.test('a file of the older generation', async (t) => {
  const tables = [
    'suppliers',
    'projects',
    'task_types',
    'supplier_projects',
    'task_templates',
    'task_instances',
  ]
  const columnsOf = (handle: ReturnType<typeof sqlConsole>, table: string) =>
    handle.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]

  t.test('gets the columns and tables that it lacks, and keeps every value that it has', async (t) => {
    const path = fieldFile(t, { generation: 'legacy' })
    const handle = consoleOn(t, path)
    const values = () =>
      tables.map((table) =>
        handle
          .prepare(
            `SELECT ${(columns[table] ?? []).map((c) => `typeof("${c}"), hex("${c}")`).join()} FROM ${table} ORDER BY id`,
          )
          .raw()
          .all(),
      )
    const columns = Object.fromEntries(tables.map((table) => [table, columnsOf(handle, table)]))
    const before = values()
    t.notOk(columns.suppliers?.includes('supplierNumber'))
    await adopt(path)
    t.strictSame(values(), before)
    t.ok(columnsOf(handle, 'suppliers').includes('supplierNumber'))
    for (const table of [
      'milestones',
      'tasks',
      'project_milestone_tasks',
      'supplier_project_instances',
      'supplier_task_instances',
    ])
      t.strictSame(contentsOf(handle, table), [], `${table} is there and empty`)
  })

  t.test('still takes the old application’s INSERTs', async (t) => {
    const path = fieldFile(t, { generation: 'legacy' })
    const handle = consoleOn(t, path)
    const insert = (n: number) => `
      INSERT INTO suppliers (id, name, contactInfo, updatedAt) VALUES ('cs${n}', 'Supplier ${n}', '', 1780000000000);
      INSERT INTO projects (id, name, updatedAt) VALUES ('cp${n}', 'Project ${n}', 1780000000000);
      INSERT INTO task_types (id, name, category, updatedAt) VALUES ('ct${n}', 'Type ${n}', 'General', 1780000000000);
      INSERT INTO supplier_projects (id, supplierId, projectId) VALUES ('ca${n}', 'cs${n}', 'cp${n}');
      INSERT INTO task_templates (id, taskTypeId, projectId, canonicalDue, updatedAt) VALUES ('cm${n}', 'ct${n}', 'cp${n}', 1780000000000, 1780000000000);
      INSERT INTO task_instances (id, supplierProjectId, taskTemplateId, updatedAt) VALUES ('ci${n}', 'ca${n}', 'cm${n}', 1780000000000);
      UPDATE task_instances SET status = 'completed' WHERE id = 'ci${n}';`
    await adopt(path)
    t.doesNotThrow(() => handle.exec(insert(1)))
    t.equal(handle.prepare(`SELECT status FROM task_instances WHERE id = 'ci1'`).pluck().get(), 'completed')
  })

  t.test('is migrated with what v1 counts, which is its legacy model', async (t) => {
    const path = fieldFile(t, { generation: 'legacy' })
    await adopt(path)
    const { state: end, error, report } = await runHere(path, 'migrate')
    t.equal(end, 'succeeded', error?.detail ?? '')
    t.match(
      report?.issues.find(({ code }) => code === 'legacy-rows'),
      { subcase: 'counted', severity: 'noted', table: 'task_instances' },
    )
    const handle = consoleOn(t, path)
    const applied = handle.prepare('SELECT count(*) FROM v2_supplier_task_instances WHERE isApplied = 1')
    t.equal(applied.pluck().get(), 60)
  })

  t.test('is adopted once: a second start changes nothing', async (t) => {
    const path = fieldFile(t, { generation: 'legacy' })
    await adopt(path)
    const handle = consoleOn(t, path)
    const before = { schema: schemaOf(handle), state: contentsOf(handle, 'migration_state') }
    await adopt(path)
    t.strictSame({ schema: schemaOf(handle), state: contentsOf(handle, 'migration_state') }, before)
  })

  t.test('of a kind that lacks a nullable column of the active model gets that too', async (t) => {
    const path = fieldFile(t)
    const handle = consoleOn(t, path)
    handle.exec('ALTER TABLE supplier_task_instances DROP COLUMN submissionFiles')
    await adopt(path)
    t.ok(columnsOf(handle, 'supplier_task_instances').includes('submissionFiles'))
  })
})

t.test('a file that is none of ours', async (t) => {
  const others: Record<string, (path: string) => void> = {
    'is no database': (path) => writeFileSync(path, 'Dear diary'),
    'is empty': (path) => writeFileSync(path, ''),
    'is a database of something else': (path) =>
      new BetterSqlite3(path).exec('CREATE TABLE songs (id)').close(),
    'has tables of our names with other columns': (path) => {
      generateV1({ path, instances: 10, seed: 1 })
      new BetterSqlite3(path).exec('ALTER TABLE tasks DROP COLUMN isRequired').close()
    },
    'lacks tables': (path) => {
      generateV1({ path, instances: 10, seed: 1 })
      new BetterSqlite3(path).pragma('foreign_keys = OFF')
      const handle = new BetterSqlite3(path)
      handle.pragma('foreign_keys = OFF')
      handle.exec('DROP TABLE milestones').close()
    },
    'is a database cut in the middle': (path) => {
      generateV1({ path, instances: 10, seed: 1 })
      writeFileSync(path, readFileSync(path).subarray(0, 5_000))
    },
  }
  for (const [title, make] of Object.entries(others))
    t.test(`because it ${title} is refused by its path, and left untouched`, async (t) => {
      const folder = temporaryFolder(t)
      const path = `${folder}/other.db`
      make(path)
      const before = readFileSync(path)
      await t.rejects(
        openApplicationDatabase(path, allGroupsOn('v1')),
        new RegExp(path.replaceAll('/', '\\/')),
      )
      t.ok(readFileSync(path).equals(before))
      t.strictSame(readdirSync(folder), ['other.db'])
    })

  t.test('because it is a folder is refused', async (t) => {
    await t.rejects(openApplicationDatabase(temporaryFolder(t), allGroupsOn('v1')), /not a file/)
  })
})

t.test('a missing file', async (t) => {
  t.test('becomes a database that is v2 from birth, in a folder that is made', async (t) => {
    const path = `${temporaryFolder(t)}/deep/down/new.db`
    await (await openApplicationDatabase(path, allGroupsOn('v1'))).close()
    t.equal(state(path), 'contracted')
    t.strictSame(readdirSync(dirname(path)), ['new.db'])
  })
  t.test('is made again where a process was killed while it made one', async (t) => {
    const path = `${temporaryFolder(t)}/new.db`
    writeFileSync(`${path}.new-killed`, 'half a database')
    utimesSync(`${path}.new-killed`, 0, 0)
    writeFileSync(`${path}.new-other`, 'one that another process is making')
    await (await openApplicationDatabase(path, allGroupsOn('v1'))).close()
    t.equal(state(path), 'contracted')
    t.strictSame(readdirSync(dirname(path)), ['new.db', 'new.db.new-other'])
  })
})
