import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { post, read, served } from '../admin/served.js'
import { unaccounted } from './accounted.js'
import { runHere } from './migrated.js'
import { v1File } from './v1-file.js'

interface Waiting {
  mapping: string
  rowId: string
  reason: string
}

const waiting = (db: Handle) =>
  db
    .prepare(
      `SELECT mapping, rowId, reason FROM migration_quarantine WHERE resolution IS NULL ORDER BY mapping, rowId`,
    )
    .all() as Waiting[]

const outcomes = (db: Handle) =>
  db.prepare('SELECT DISTINCT resolution FROM migration_quarantine').pluck().all()

const isInV2 = (db: Handle, table: string, id: string) =>
  db.prepare(`SELECT 1 FROM ${table} WHERE id = ?`).get(id) !== undefined

/** Task type, milestone, task, template, instance: each refers to the one before. */
async function chain(t: Test) {
  const file = await v1File(t)
  file.handle.pragma('foreign_keys = OFF')
  const { given } = file
  const milestone = given.milestone()
  const task = given.task({ milestoneId: milestone })
  const project = given.project()
  const supplier = given.supplier()
  const template = given.template({ taskId: task, projectId: project })
  const assignment = given.assignment({ supplierId: supplier, projectId: project })
  const instance = given.instance({
    projectMilestoneTaskId: template,
    supplierProjectInstanceId: assignment,
  })
  return { ...file, milestone, task, project, supplier, template, assignment, instance }
}

const migrate = (path: string, options: object = {}) =>
  runHere(path, 'migrate', { onInvalidRow: 'quarantine', ...options })

t.test('a row that does not fit', async (t) => {
  t.test(
    'is held with all that depends on it, and comes with them the moment that it is mended',
    async (t) => {
      const { path, handle, milestone, task, template, instance } = await chain(t)
      handle.prepare(`UPDATE milestones SET createdAt = 'soon' WHERE id = ?`).run(milestone)
      t.equal((await migrate(path)).state, 'succeeded')
      t.same(waiting(handle), [
        { mapping: 'instances', rowId: instance, reason: 'dependant:projectTaskTemplateId' },
        { mapping: 'sections', rowId: milestone, reason: 'bad-date:createdAt' },
        { mapping: 'tasks', rowId: task, reason: 'dependant:sectionId' },
        { mapping: 'templates', rowId: template, reason: 'dependant:taskId' },
      ])
      t.same(unaccounted(handle), [])
      handle.prepare('UPDATE milestones SET createdAt = 1767571200000 WHERE id = ?').run(milestone)
      t.same(waiting(handle), [])
      t.same(outcomes(handle), ['migrated'])
      t.ok(isInV2(handle, 'v2_supplier_task_instances', instance), 'down to the last')
      t.equal((await runHere(path, 'validate')).report?.status, 'passed')
    },
  )

  t.test('brings its twin, and what waits for that', async (t) => {
    const { path, handle, given, milestone, project } = await chain(t)
    const strayTask = given.task()
    const stray = given.template({ taskId: strayTask, milestoneId: milestone, projectId: project })
    handle.prepare(`UPDATE tasks SET isRequired = 'perhaps' WHERE id = ?`).run(strayTask)
    await migrate(path)
    t.match(waiting(handle), [
      { mapping: 'tasks', rowId: strayTask, reason: 'odd-boolean:isRequired' },
      { mapping: 'templates', rowId: stray, reason: 'dependant:taskId' },
    ])
    handle.prepare('UPDATE tasks SET isRequired = 1 WHERE id = ?').run(strayTask)
    t.same(waiting(handle), [])
    t.ok(isInV2(handle, 'v2_project_task_templates', stray))
  })

  t.test('for lack of a parent comes when the parent does, wherever that stands', async (t) => {
    const { path, handle, supplier, project, assignment, template, instance } = await chain(t)
    const parents = {
      suppliers: handle.prepare('SELECT * FROM suppliers').get(),
      projects: handle.prepare('SELECT * FROM projects').get(),
    }
    handle.exec('DELETE FROM suppliers; DELETE FROM projects')
    await migrate(path)
    t.match(waiting(handle), [
      { mapping: 'assignments', rowId: assignment, reason: 'orphan:supplierId' },
      { mapping: 'instances', rowId: instance, reason: 'dependant:supplierProjectInstanceId' },
      { mapping: 'templates', rowId: template, reason: 'orphan:projectId' },
    ])
    const restore = (table: keyof typeof parents) => {
      const row = parents[table] as Record<string, unknown>
      handle
        .prepare(
          `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row)
            .map(() => '?')
            .join()})`,
        )
        .run(...Object.values(row))
    }
    restore('projects')
    t.match(waiting(handle), [
      { mapping: 'assignments', rowId: assignment, reason: 'orphan:supplierId' },
      { mapping: 'instances', rowId: instance },
    ])
    t.ok(isInV2(handle, 'v2_project_task_templates', template), project)
    restore('suppliers')
    t.same(waiting(handle), [], supplier)
    t.ok(isInV2(handle, 'v2_supplier_task_instances', instance))
    t.equal((await runHere(path, 'validate')).report?.status, 'passed')
  })

  t.test('is gone when v1 deletes it', async (t) => {
    const { path, handle, instance } = await chain(t)
    handle.prepare(`UPDATE supplier_task_instances SET status = 'lost' WHERE id = ?`).run(instance)
    await migrate(path)
    handle.prepare('DELETE FROM supplier_task_instances WHERE id = ?').run(instance)
    t.same(outcomes(handle), ['gone'])
  })

  t.test('is on record byte for byte, with the run that found it', async (t) => {
    const { path, handle, instance } = await chain(t)
    handle
      .prepare(
        `UPDATE supplier_task_instances SET status = 'lost', dueDate = ?, notes = CAST(x'ff00eda080' AS TEXT),
        submissionFiles = x'0001', completedAt = ? WHERE id = ?`,
      )
      .run('2026-03-01 10:00:00', 9_007_199_254_740_993n, instance)
    const { id } = await migrate(path)
    t.same(unaccounted(handle), [])
    t.equal(handle.prepare('SELECT jobId FROM migration_quarantine').pluck().get(), id)
  })

  t.test('that nobody has put on record fails the validation', async (t) => {
    const { path, handle, instance } = await chain(t)
    handle.prepare(`UPDATE supplier_task_instances SET status = 'lost' WHERE id = ?`).run(instance)
    await migrate(path)
    handle.exec('DELETE FROM migration_quarantine')
    const { report } = await runHere(path, 'validate')
    t.match(
      report?.checks.find(({ id }) => id === 'rows-instances'),
      { status: 'failed', samples: [{ id: instance, expected: 'a row, or a record in quarantine' }] },
    )
  })

  t.test('stops a run that was not told to go on without it', async (t) => {
    const { path, handle, instance } = await chain(t)
    handle.prepare(`UPDATE supplier_task_instances SET status = 'lost' WHERE id = ?`).run(instance)
    const { state, error } = await runHere(path, 'migrate')
    t.match({ state, error }, { state: 'failed', error: { code: 'blocked' } })
  })

  t.test('in many columns is told of in short', async (t) => {
    const { path, handle } = await chain(t)
    handle.exec(`UPDATE supplier_task_instances SET status = 'lost', dueDate = 'soon', createdAt = 'then', updatedAt = 1;
      UPDATE tasks SET createdAt = ''`)
    const { error } = await runHere(path, 'migrate')
    t.match(error?.detail, /invalid-status in supplier_task_instances\.status: 1\b/)
    t.match(error?.detail, /bad-date in tasks\.createdAt, .*, .* and 1 more: 4\b/)
  })
})

t.test('a status that is none of the five', async (t) => {
  const ofStatus = async (t: Test, status: string) => {
    const file = await chain(t)
    file.handle.prepare('UPDATE supplier_task_instances SET status = ?').run(status)
    const inV2 = () => file.handle.prepare('SELECT status FROM v2_supplier_task_instances').pluck().get()
    return { ...file, inV2 }
  }

  t.test('becomes what it spells, on record, and stays as it is in v1', async (t) => {
    const { path, handle, instance, inV2 } = await ofStatus(t, ' In-Progress')
    const { report } = await runHere(path, 'migrate')
    t.equal(inV2(), 'in_progress')
    t.match(report?.lineage, [
      { table: 'v2_supplier_task_instances', column: 'status', rule: 'status spelling', values: 1 },
    ])
    handle.prepare(`UPDATE v2_supplier_task_instances SET notes = 'seen' WHERE id = ?`).run(instance)
    t.equal(handle.prepare('SELECT status FROM supplier_task_instances').pluck().get(), ' In-Progress')
    handle.prepare(`UPDATE v2_supplier_task_instances SET status = 'blocked' WHERE id = ?`).run(instance)
    t.equal(handle.prepare('SELECT status FROM supplier_task_instances').pluck().get(), 'blocked')
    t.equal(handle.prepare('SELECT count(*) FROM migration_lineage').pluck().get(), 0)
  })

  t.test('becomes what statusMap says, also of rows that v1 writes later', async (t) => {
    const { path, handle, instance, inV2 } = await ofStatus(t, 'Done')
    await runHere(path, 'migrate', { statusMap: { Done: 'completed', waived: 'cancelled' } })
    t.equal(inV2(), 'completed')
    handle.prepare(`UPDATE supplier_task_instances SET status = 'waived' WHERE id = ?`).run(instance)
    t.equal(inV2(), 'cancelled')
    t.equal((await runHere(path, 'validate')).state, 'succeeded')
  })

  t.test('that waits comes by a retry that says what it becomes', async (t) => {
    const { path, handle, inV2 } = await ofStatus(t, 'Done')
    await migrate(path)
    t.equal(inV2(), undefined)
    const { state } = await runHere(path, 'retry', { statusMap: { Done: 'completed' } })
    t.equal(state, 'succeeded')
    t.equal(inV2(), 'completed')
    t.same(waiting(handle), [])
  })
})

t.test('GET /admin/quarantine', async (t) => {
  const { path, handle, given, template, instance } = await chain(t)
  const others = Array.from({ length: 4 }, () =>
    given.instance({ projectMilestoneTaskId: template, supplierProjectInstanceId: given.assignment({}) }),
  )
  handle.exec(`UPDATE supplier_task_instances SET status = 'lost', notes = '=1+1'`)
  handle.exec(
    `UPDATE supplier_task_instances SET dueDate = 'soon', status = 'completed' WHERE id = '${instance}'`,
  )
  const app = await served(t, path)
  t.same((await read(app, '/admin/quarantine')).body.items, [], 'nothing, before there is a v2')
  const { body } = await post(app, 'migrate', { onInvalidRow: 'quarantine' })
  t.equal(body.state, 'succeeded')
  const items = async (query: string) =>
    (await read(app, `/admin/quarantine${query}`)).body.items as Record<string, unknown>[]

  t.test('lists each row with its reason, as it is', async (t) => {
    const [first, ...rest] = await items('?reason=bad-date')
    t.same(rest, [])
    t.match(first, {
      id: `instances:${instance}`,
      table: 'supplier_task_instances',
      rowId: instance,
      reason: 'bad-date:dueDate',
      row: { id: instance, dueDate: 'soon', notes: '=1+1' },
      jobId: body.id,
      resolution: null,
    })
    t.equal((await items('?reason=invalid-status:status')).length, 4)
    t.equal((await items(`?jobId=${body.id}&table=supplier_task_instances&resolution=waiting`)).length, 5)
    t.same(await items('?table=tasks'), [])
    t.same(await items('?resolution=gone'), [])
  })

  t.test('page by page', async (t) => {
    const seen: unknown[] = []
    for (let cursor = ''; ;) {
      const { body } = await read(app, `/admin/quarantine?limit=2${cursor}`)
      seen.push(...(body.items as { rowId: string }[]).map(({ rowId }) => rowId))
      if (typeof body.nextCursor !== 'string') break
      cursor = `&cursor=${body.nextCursor}`
    }
    t.same(seen, [instance, ...others].sort())
    const foreign = Buffer.from('without a colon').toString('base64url')
    t.equal((await app.inject({ url: `/admin/quarantine?cursor=${foreign}` })).statusCode, 400)
  })

  t.test('as CSV, in which no formula is one', async (t) => {
    const { headers, body } = await app.inject({ url: '/admin/quarantine.csv?reason=bad-date' })
    t.match(headers['content-type'], /^text\/csv/)
    const [header, row, end] = body.split('\r\n')
    t.equal(header, '"table","rowId","reason","row","jobId","at","resolution","resolvedAt"')
    t.match(row, `"supplier_task_instances","${instance}","bad-date:dueDate","{""id"":""${instance}""`)
    t.equal(end, '')
  })

  t.test('as CSV of more than one page', async (t) => {
    handle.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
      INSERT INTO migration_quarantine (mapping, rowId, source, reason, at, resolution)
      SELECT 'tasks', 'x' || i, 'tasks', 'orphan:milestoneId', 1, 'gone' FROM n`)
    const { body } = await app.inject({ url: '/admin/quarantine.csv?resolution=gone' })
    t.equal(new Set(body.trimEnd().split('\r\n')).size, 451)
  })

  t.test('keeps a cutover until the operator says how many he goes on without', async (t) => {
    const cutover = async (more: object) =>
      (await post(app, 'cutover', { groups: { dashboard: 'v2' }, ...more })).body
    t.match(await cutover({}), { state: 'failed', error: { detail: /5 rows are in quarantine/ } })
    for (const acceptQuarantined of [4, 6, 1_000_000])
      t.match(await cutover({ acceptQuarantined }), { state: 'failed' })
    t.match(await cutover({ acceptQuarantined: 5 }), { state: 'succeeded' })
  })

  t.test('is emptied by POST /admin/quarantine/retry', async (t) => {
    const retry = async (payload?: object) =>
      await app.inject({
        method: 'POST',
        url: '/admin/quarantine/retry',
        ...(payload === undefined ? {} : { payload }),
      })
    t.match((await retry()).json(), { job: 'retry', state: 'succeeded' })
    t.equal((await items('?resolution=waiting')).length, 5)
    const refused = await retry({ statusMap: { blocked: 'completed' } })
    t.equal(refused.statusCode, 422)
    t.match((await retry({ statusMap: { lost: 'cancelled' } })).json(), { state: 'succeeded' })
    t.equal((await items('?resolution=waiting')).length, 1)
    t.equal((await items('?resolution=migrated')).length, 4)
    t.match((await retry({ statusMap: { lost: 'blocked' } })).json(), {
      errors: [{ path: '/options/statusMap/lost', message: /has become cancelled/ }],
    })
  })
})
