import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t, { type Test } from 'tap'
import { DAY_MS } from '../../src/kernel/due-date.js'
import type { InstantText } from '../../src/http/schemas.js'
import { BASE_INSTANT } from '../../src/v1/generate/stored-date.js'
import { adopt, contentsOf, runHere, sqlConsole } from './migrated.js'
import { assessed, generatedFile, shown } from './assessed.js'
import { DUE, schemaOf, v1Contents, v1File } from './v1-file.js'

const asText = (ms: number) => new Date(ms).toISOString() as InstantText
const sqliteText = (ms: number) => asText(ms).slice(0, 19).replace('T', ' ')

function consoleOn(t: Test, path: string) {
  const handle = sqlConsole(path)
  t.teardown(() => handle.close())
  return handle
}

t.test('an assessment', async (t) => {
  for (const shape of [{}, { generation: 'legacy' as const }])
    t.test(`changes no byte of a file of the shape ${JSON.stringify(shape)}`, async (t) => {
      const { path } = generatedFile(t, {
        ...shape,
        journalMode: 'delete',
        dirt: { classes: 'all', percent: 300 },
      })
      const hash = () => createHash('sha256').update(readFileSync(path)).digest('hex')
      const before = hash()
      const { issues } = await assessed(path)
      t.ok(issues.length > 50)
      t.equal(hash(), before)
    })

  t.test('as a job changes nothing but the journal', async (t) => {
    const { path } = generatedFile(t)
    await adopt(path)
    const handle = consoleOn(t, path)
    const state = () => ({
      v1: v1Contents(handle),
      schema: schemaOf(handle),
      stage: contentsOf(handle, 'migration_state'),
    })
    const before = state()
    const { report } = await runHere(path, 'assess')
    t.ok(report?.assessment)
    t.same(state(), before)
  })

  for (const journalMode of ['wal', 'delete'] as const)
    t.test(`finds the same while another process has the write lock, in ${journalMode} mode`, async (t) => {
      const { path } = generatedFile(t, { instances: 300, journalMode })
      const asOf = asText(BASE_INSTANT)
      const alone = await assessed(path, { asOf })
      const writer = await anotherWriter(t, path)
      const beside = await assessed(path, { asOf })
      await writer.stillWriting()
      t.same(beside.issues, alone.issues)
      t.same(beside.assessment?.tables, alone.assessment?.tables)
    })

  t.test('sees one state of the file, whatever is committed meanwhile', async (t) => {
    const { path } = generatedFile(t, { instances: 3_000 })
    const handle = consoleOn(t, path)
    const look = assessed(path)
    handle.exec(`UPDATE supplier_task_instances SET status = 'lost'; DELETE FROM tasks`)
    const { issues, assessment } = await look
    t.notOk(issues.some(({ code, subcase }) => code === 'orphan' || subcase === 'unknown'))
    t.ok(Number(assessment?.tables.find(({ table }) => table === 'tasks')?.rows) > 0)
  })
})

/** Another process that holds the write lock for the whole time. */
async function anotherWriter(t: Test, path: string) {
  const program = `
    const [driver, path] = process.argv.slice(1)
    const db = new (require(driver))(path)
    db.exec("BEGIN IMMEDIATE; UPDATE suppliers SET location = 'held'")
    console.log('locked')
    process.stdin.once('data', () => {
      const { changes } = db.prepare("UPDATE suppliers SET location = 'still held'").run()
      db.exec('COMMIT')
      db.close()
      console.log(changes)
      process.exit()
    })`
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  const child = spawn(process.execPath, ['-e', program, driver, path])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    async stillWriting() {
      child.stdin.write('end')
      const [rows] = (await once(child.stdout, 'data')) as [Buffer]
      t.ok(Number(rows.toString()) > 0, 'the other one has had the lock to the end')
    },
  }
}

t.test('the rows of every table', async (t) => {
  t.test('are counted, and said to be whose', async (t) => {
    const { path } = generatedFile(t, { prismaMigrations: true, instances: 120 })
    await adopt(path)
    const handle = consoleOn(t, path)
    handle.exec(
      `CREATE TABLE mine (a); INSERT INTO mine VALUES (1), (2); CREATE VIRTUAL TABLE found USING fts5(name)`,
    )
    const { assessment } = await assessed(path)
    const volumes = new Map(assessment?.tables.map(({ table, rows, kind }) => [table, { rows, kind }]))
    t.match(volumes.get('supplier_task_instances'), { rows: 120, kind: 'active' })
    t.match(volumes.get('suppliers'), { kind: 'shared' })
    t.match(volumes.get('task_instances_old'), { rows: 2, kind: 'legacy' })
    t.match(volumes.get('migration_jobs'), { rows: 0, kind: 'service' })
    t.match(volumes.get('_prisma_migrations'), { rows: 3, kind: 'other' })
    t.match(volumes.get('mine'), { rows: 2, kind: 'other' })
    t.match(volumes.get('found'), { rows: null, kind: 'other' })
    const names = handle.prepare(
      `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
    t.equal(volumes.size, names.pluck().get())
  })

  t.test('of v2 are this service’s own once it is there, and in nobody’s way', async (t) => {
    const { path } = generatedFile(t)
    await adopt(path)
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    const { assessment, issues } = await assessed(path)
    t.match(
      assessment?.tables.find(({ table }) => table === 'v2_tasks'),
      { kind: 'service' },
    )
    t.notOk(issues.some(({ code }) => ['name-taken', 'unknown-table', 'view', 'trigger'].includes(code)))
    t.same(
      issues.filter(({ severity }) => severity === 'blocking'),
      [],
    )
  })
})

t.test('file, disk and time', async (t) => {
  t.test('are told as they are', async (t) => {
    const { path } = generatedFile(t, { instances: 500 })
    const { assessment } = await assessed(path)
    const handle = consoleOn(t, path)
    const pages = handle.pragma('page_count', { simple: true }) as number
    t.match(assessment?.file, {
      bytes: pages * 4096,
      pageSize: 4096,
      freePages: 0,
      encoding: 'UTF-8',
      journalMode: 'wal',
      check: 'integrity_check',
      damage: [],
    })
    t.ok(Number(assessment?.disk.neededBytes) > 2 * pages * 4096)
    t.ok(Number(assessment?.disk.freeBytes) > 0)
    t.ok(Number(assessment?.estimate.rows) > 500)
    t.ok(Number(assessment?.estimate.seconds) >= 1)
  })
})

t.test('overrides of due dates', async (t) => {
  t.test('are counted by project and by supplier, with their spread in days', async (t) => {
    const { path, given } = await v1File(t)
    const supplierId = given.supplier({ name: 'Late Ltd' })
    const projectId = given.project({ name: 'Van' })
    const supplierProjectInstanceId = given.assignment({ supplierId, projectId })
    const override = (days: number | string | null) =>
      given.instance({
        projectMilestoneTaskId: given.template({ projectId }),
        supplierProjectInstanceId,
        actualDueDate: typeof days === 'number' ? DUE + days * DAY_MS : days,
      })
    for (const days of [7, -2, 0, 30, 1.5, null, 'never']) override(days)
    override(sqliteText(DUE + 10 * DAY_MS))
    given.instance({ actualDueDate: DUE + DAY_MS })
    const { assessment } = await assessed(path)
    t.match(assessment?.overrides, {
      table: 'supplier_task_instances',
      instances: 9,
      overrides: 7,
      earlier: 1,
      same: 1,
      later: 5,
      spreadDays: { min: -2, median: 1.5, max: 30 },
      projects: 2,
      suppliers: 2,
    })
    const late = { overrides: 6, spreadDays: { min: -2, median: 4.25, max: 30 } }
    t.match(assessment?.overrides?.byProject, [{ id: projectId, name: 'Van', ...late }, { overrides: 1 }])
    t.match(assessment?.overrides?.bySupplier, [
      { id: supplierId, name: 'Late Ltd', ...late },
      { overrides: 1 },
    ])
  })

  t.test('are none where there is none, and an orphan’s is nobody’s', async (t) => {
    const { path, given, handle } = await v1File(t)
    given.instance()
    t.match((await assessed(path)).assessment?.overrides, { overrides: 0, spreadDays: null, byProject: [] })
    given.instance({ actualDueDate: DUE })
    handle.exec('DELETE FROM supplier_project_instances')
    t.match((await assessed(path)).assessment?.overrides, { overrides: 1, projects: 0, bySupplier: [] })
  })

  t.test('are those of the legacy model where that is what v1 counts', async (t) => {
    const { path } = generatedFile(t, { generation: 'legacy', instances: 400 })
    const handle = consoleOn(t, path)
    handle.exec(`UPDATE task_templates SET canonicalDue = ${DUE}; UPDATE task_instances SET actualDue = NULL`)
    handle.exec(`UPDATE task_instances SET actualDue = ${DUE} WHERE rowid <= 3`)
    handle.exec(`UPDATE task_instances SET actualDue = ${DUE + 2 * DAY_MS} WHERE rowid BETWEEN 4 AND 8`)
    t.match((await assessed(path)).assessment?.overrides, {
      table: 'task_instances',
      instances: 400,
      overrides: 5,
      spreadDays: { min: 2, median: 2, max: 2 },
    })
  })
})

t.test('the forms of dates', async (t) => {
  t.test('are counted by column, and add up to the rows', async (t) => {
    const { path, given } = await v1File(t)
    const projectMilestoneTaskId = given.template()
    const actualDueDates = [
      DUE,
      DUE,
      sqliteText(DUE),
      asText(DUE),
      asText(DUE),
      asText(DUE),
      null,
      'soon',
      1,
      '1980-01-01 00:00:00',
    ]
    for (const actualDueDate of actualDueDates) given.instance({ projectMilestoneTaskId, actualDueDate })
    const { assessment } = await assessed(path)
    t.match(
      assessment?.dateForms.find(({ column }) => column === 'actualDueDate'),
      {
        table: 'supplier_task_instances',
        epochMilliseconds: 2,
        sqliteText: 1,
        iso8601: 3,
        bad: 3,
        null: 1,
      },
    )
  })

  t.test('are told of every date column that v1 has', async (t) => {
    const { path } = generatedFile(t)
    const { assessment } = await assessed(path)
    const handle = consoleOn(t, path)
    const columns = handle
      .prepare(
        `SELECT count(*) FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'DATETIME'`,
      )
      .pluck()
      .get()
    t.equal(assessment?.dateForms.length, columns)
  })
})

t.test('rows that the old application did not count', async (t) => {
  const asOf = Date.UTC(2026, 5, 10)

  t.test('are those that are open and whose effective date is text', async (t) => {
    const { path, given } = await v1File(t)
    const projectMilestoneTaskId = given.template()
    const instance = (values: Parameters<typeof given.instance>[0]) =>
      given.instance({ projectMilestoneTaskId, ...values })
    const late = sqliteText(asOf - DAY_MS)
    const soon = asText(asOf + 7 * DAY_MS)
    const overdue = [instance({ dueDate: late }), instance({ dueDate: late, status: 'blocked' })]
    const dueSoon = [instance({ dueDate: soon })]
    const overridden = [instance({ dueDate: asOf + 90 * DAY_MS, actualDueDate: late })]
    // Not open, not text, not yet, or not meant.
    instance({ dueDate: late, status: 'completed', completedAt: asOf })
    instance({ dueDate: late, status: 'cancelled' })
    instance({ dueDate: late, isApplied: 0 })
    instance({ dueDate: asOf - DAY_MS })
    instance({ dueDate: late, actualDueDate: asOf + 90 * DAY_MS })
    instance({ dueDate: sqliteText(asOf + 8 * DAY_MS) })
    instance({ dueDate: 'yesterday' })
    instance({ dueDate: '1980-01-01 00:00:00' })
    const { dateChanges, assessment } = await assessed(path, { asOf: asText(asOf) })
    const before = 'not-counted'
    t.match(dateChanges, [
      { column: 'actualDueDate', before, after: 'overdue', count: 1, samples: overridden },
      { column: 'dueDate', before, after: 'overdue', count: 2, samples: overdue },
      { column: 'dueDate', before, after: 'due-next-7-days', count: 1, samples: dueSoon },
    ])
    t.equal(dateChanges.length, 3)
    for (const change of dateChanges) t.same(shown(t, path, change), change.samples)
    t.equal(assessment?.asOf, asText(asOf))
  })

  t.test('are told by number where v1’s dashboard is asked with and without them', async (t) => {
    const { path } = generatedFile(t, { instances: 800 })
    const handle = consoleOn(t, path)
    const overdue = () => {
      const due = 'coalesce(actualDueDate, dueDate)'
      const open = `isApplied = 1 AND status IN ('not_started', 'in_progress', 'blocked')`
      return handle
        .prepare(`SELECT count(*) FROM supplier_task_instances WHERE ${open} AND ${due} < ?`)
        .pluck()
        .get(asOf) as number
    }
    const { dateChanges } = await assessed(path, { asOf: asText(asOf) })
    const before = overdue()
    for (const column of ['dueDate', 'actualDueDate'])
      handle.exec(
        `UPDATE supplier_task_instances SET ${column} = CAST(round((julianday(${column}) - 2440587.5) * 86400000.0) AS INTEGER) WHERE typeof(${column}) = 'text'`,
      )
    const missed = dateChanges
      .filter(({ after }) => after === 'overdue')
      .reduce((sum, { count }) => sum + count, 0)
    t.ok(missed > 10)
    t.equal(overdue(), before + missed)
  })

  t.test('are legacy ones where v1 counts those, by the template’s date or the agreed one', async (t) => {
    const { path } = generatedFile(t, { generation: 'legacy', instances: 400 })
    const handle = consoleOn(t, path)
    handle.exec(`UPDATE task_templates SET canonicalDue = '${sqliteText(asOf - DAY_MS)}'`)
    handle.exec(`UPDATE task_instances SET status = 'completed', actualDue = NULL`)
    handle.exec(`UPDATE task_instances SET status = 'blocked' WHERE rowid <= 4`)
    handle.exec(`UPDATE task_instances SET actualDue = '${asText(asOf + DAY_MS)}' WHERE rowid = 1`)
    const { dateChanges } = await assessed(path, { asOf: asText(asOf) })
    t.match(dateChanges, [
      { table: 'task_instances', column: 'actualDue', after: 'due-next-7-days', count: 1 },
      { table: 'task_instances', column: 'canonicalDue', after: 'overdue', count: 3 },
    ])
    for (const change of dateChanges) t.equal(shown(t, path, change).length, change.count)
  })
})

t.test('rows that a quarantine would hold back', async (t) => {
  t.test('are counted with all that depends on them, in every table', async (t) => {
    const { path, given, handle } = await v1File(t)
    const supplierProjectInstanceId = given.assignment()
    const milestoneId = given.milestone({ sequence: 'first' })
    for (const taskId of [given.task({ milestoneId }), given.task({ milestoneId })]) {
      const projectMilestoneTaskId = given.template({ taskId })
      given.instance({ projectMilestoneTaskId })
      given.instance({ projectMilestoneTaskId, supplierProjectInstanceId })
    }
    const alone = given.instance({ status: 'lost' })
    given.instance()
    const gone = given.assignment()
    handle.exec(`UPDATE supplier_project_instances SET supplierId = 'nobody' WHERE id = '${gone}'`)
    given.instance({ supplierProjectInstanceId: gone, isApplied: 2 })
    const { assessment } = await assessed(path)
    t.same(assessment?.heldBack, [
      { table: 'milestones', misfits: 1, dependants: 0 },
      { table: 'tasks', misfits: 0, dependants: 2 },
      { table: 'project_milestone_tasks', misfits: 0, dependants: 2 },
      { table: 'supplier_project_instances', misfits: 1, dependants: 0 },
      { table: 'supplier_task_instances', misfits: 2, dependants: 4 },
    ])
    t.ok(alone)
  })
})

t.test('a file of the older generation', async (t) => {
  t.test('is assessed before it is adopted, with what adoption will add', async (t) => {
    const { path } = generatedFile(t, { generation: 'legacy', journalMode: 'delete' })
    const { issues, mappings, assessment } = await assessed(path)
    const added = issues.filter(({ subcase }) => subcase === 'addable')
    t.same(
      added.filter(({ code }) => code === 'missing-table').map(({ table }) => table),
      [
        'milestones',
        'tasks',
        'project_milestone_tasks',
        'supplier_project_instances',
        'supplier_task_instances',
      ],
    )
    t.same(
      added.filter(({ code }) => code === 'missing-column').map(({ column }) => column),
      ['supplierNumber', 'location', 'contacts'],
    )
    for (const issue of added) t.equal(shown(t, path, issue).length, 1)
    t.same(mappings, [])
    t.match(
      assessment?.tables.find(({ table }) => table === 'task_instances'),
      { rows: 60, kind: 'legacy' },
    )
    t.match(assessment?.statuses[0], { table: 'task_instances', by: 'as-is' })
  })

  t.test('says the same of its rows once it is adopted', async (t) => {
    const { path } = generatedFile(t, { generation: 'legacy', dirt: { classes: 'all', percent: 500 } })
    const rows = async () => {
      const { issues } = await assessed(path, { asOf: asText(BASE_INSTANT) })
      return issues.filter(({ subcase }) => subcase !== 'addable')
    }
    const before = await rows()
    await adopt(path)
    t.ok(before.length > 100)
    t.same(await rows(), before)
  })
})
