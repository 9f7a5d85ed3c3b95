import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { DUE, build, type Json } from './build.js'

async function buildInstance(t: Test) {
  const built = await build(t)
  const template = await built.given.template()
  const instance = await built.given.instance(template)
  const historyOf = async (path: string) => (await built.api.get(`${path}/history`)).body.items as Json[]
  const url = `supplier-task-instances/${instance.id}`
  const sqlConsole = new BetterSqlite3(built.db.path, { timeout: 5_000 })
  t.teardown(() => sqlConsole.close())
  const isContextEmpty = () => sqlConsole.prepare('select count(*) from write_context').pluck().get() === 0
  return { ...built, template, instance, url, sqlConsole, isContextEmpty, historyOf }
}

const changes: Record<string, [unknown, unknown]> = {
  status: ['not_started', 'blocked'],
  dueDate: [DUE, '2026-04-01T00:00:00.000Z'],
  actualDueDate: [null, '2026-04-02T00:00:00.000Z'],
  isApplied: [true, false],
  owner: [null, 'Ann'],
  notes: [null, '日本 "x"'],
}

t.test('the history of a supplier task instance', async (t) => {
  for (const [field, [oldValue, newValue]] of Object.entries(changes))
    t.test(`has the change of ${field}, there and back, and nothing else`, async (t) => {
      const { api, url, instance, template, historyOf, isContextEmpty } = await buildInstance(t)
      const before = Date.now()
      await api.patch(url, { [field]: newValue }, { 'x-request-id': 'there' })
      await api.patch(url, { [field]: newValue }, { 'x-request-id': 'again' })
      await api.patch(url, { [field]: oldValue }, { 'x-request-id': 'back' })
      const of = {
        subject: 'supplier-task-instance',
        subjectId: instance.id,
        projectId: template.projectId,
        supplierProjectInstanceId: instance.supplierProjectInstanceId,
        projectTaskTemplateId: template.id,
        actor: null,
        origin: 'v2',
        field,
      }
      const items = await historyOf(url)
      t.match(items, [
        { ...of, oldValue: newValue, newValue: oldValue, requestId: 'back' },
        { ...of, oldValue, newValue, requestId: 'there' },
      ])
      t.equal(items.length, 2)
      const at = Date.parse(String(items[0]?.at))
      t.ok(at >= before && at <= Date.now())
      t.ok(isContextEmpty())
    })

  t.test('has a completion that is dated back, corrected and taken back', async (t) => {
    const { api, url, historyOf } = await buildInstance(t)
    const [first, second] = ['2026-02-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z']
    await api.patch(url, { status: 'completed', completedAt: first })
    await api.patch(url, { completedAt: second })
    await api.patch(url, { status: 'blocked' })
    const ofDate = (await historyOf(url)).filter(({ field }) => field === 'completedAt')
    t.match(ofDate, [
      { oldValue: second, newValue: null },
      { oldValue: first, newValue: second },
      { oldValue: null, newValue: first },
    ])
  })

  t.test('has what a bulk update changed, under one request', async (t) => {
    const { api, given, template, instance, historyOf } = await buildInstance(t)
    const ids = [instance.id, (await given.instance(template)).id]
    const changes = { status: 'completed', notes: 'done' }
    await api.post('supplier-task-instances/bulk-update', { ids, changes }, { 'x-request-id': 'bulk' })
    for (const id of ids)
      t.match(await historyOf(`supplier-task-instances/${id}`), [
        { field: 'notes', newValue: 'done', requestId: 'bulk' },
        { field: 'completedAt', oldValue: null, newValue: '2026-03-01T00:00:00.000Z', requestId: 'bulk' },
        { field: 'status', newValue: 'completed', requestId: 'bulk' },
      ])
  })

  t.test('has what another program wrote, as external', async (t) => {
    const { sqlConsole, url, historyOf, isContextEmpty } = await buildInstance(t)
    sqlConsole.exec(`update v2_supplier_task_instances set status = 'cancelled', dueDate = ${'9'.repeat(18)}`)
    t.match(await historyOf(url), [
      { field: 'dueDate', newValue: /^9999|^1000/, actor: null, requestId: null, origin: 'external' },
      { field: 'status', newValue: 'cancelled', actor: null, requestId: null, origin: 'external' },
    ])
    t.ok(isContextEmpty())
  })

  t.test('has nothing of a write that was refused, and the next writer is another one', async (t) => {
    const { api, url, historyOf, isContextEmpty, instance } = await buildInstance(t)
    const ids = [instance.id, 'none']
    const bulk = { ids, changes: { notes: 'never' } }
    t.equal((await api.post('supplier-task-instances/bulk-update', bulk)).status, 422)
    t.equal((await api.patch(url, { notes: 'never' }, { 'if-match': '"other"' })).status, 412)
    t.ok(isContextEmpty())
    await api.patch(url, { notes: 'x' }, { 'x-request-id': 'next' })
    t.match(await historyOf(url), [{ requestId: 'next' }])
    t.equal((await historyOf(url)).length, 1)
  })

  t.test('names the right writer even after a context was left behind', async (t) => {
    const { api, url, sqlConsole, historyOf, isContextEmpty } = await buildInstance(t)
    sqlConsole.exec(`insert into write_context values (1, 'nobody', 'leak', 'v1')`)
    await api.patch(url, { notes: 'x' }, { 'x-request-id': 'next' })
    t.match(await historyOf(url), [{ requestId: 'next', actor: null, origin: 'v2' }])
    t.ok(isContextEmpty())
  })

  t.test('survives its deletion, which is in it', async (t) => {
    const { api, url, template, historyOf } = await buildInstance(t)
    await api.patch(url, { notes: 'x' })
    await api.delete(url, undefined, { 'x-request-id': 'gone' })
    const items = await historyOf(url)
    t.match(items, [
      { field: 'deleted', oldValue: false, newValue: true, requestId: 'gone', projectId: template.projectId },
      { field: 'notes', newValue: 'x' },
    ])
  })

  t.test('survives the deletion of its supplier, its template and its project', async (t) => {
    for (const parent of ['supplier', 'template', 'project']) {
      const { api, url, template, historyOf, ids } = await buildInstance(t)
      const projectId = String(template.projectId)
      const [supplierId = ''] = await ids(`suppliers?projectId=${projectId}`)
      const parents = {
        supplier: `suppliers/${supplierId}`,
        template: `project-task-templates/${template.id}`,
        project: `projects/${projectId}`,
      }
      t.equal((await api.delete(parents[parent as keyof typeof parents])).status, 204)
      t.match(await historyOf(url), [{ field: 'deleted', origin: 'v2', projectId }], parent)
    }
  })

  t.test('is not found for what never was, and empty for what never changed', async (t) => {
    const { api, url } = await buildInstance(t)
    t.match(await api.get(`${url}/history`), { status: 200, body: { items: [], nextCursor: null } })
    for (const path of ['supplier-task-instances', 'project-task-templates'])
      t.match(await api.get(`${path}/none/history`), { status: 404, body: { code: 'not-found' } })
    t.match(await api.get('projects/none/activity'), { status: 404, body: { code: 'not-found' } })
  })
})

t.test('the history of a due date', async (t) => {
  t.test('tells the template’s own change from what it did to its instances', async (t) => {
    const { api, url, template, historyOf } = await buildInstance(t)
    const path = `project-task-templates/${template.id}`
    const dueDate = '2026-05-01T00:00:00.000Z'
    await api.patch(path, { dueDate, notes: 'not in it' }, { 'x-request-id': 'move' })
    const moved = { field: 'dueDate', oldValue: DUE, newValue: dueDate, requestId: 'move' }
    t.match(await historyOf(path), [{ ...moved, origin: 'v2', subject: 'project-task-template' }])
    t.match(await historyOf(url), [{ ...moved, origin: 'propagation' }])
    await api.post(
      `projects/${String(template.projectId)}/shift-dates`,
      { days: 1 },
      { 'x-request-id': 'shift' },
    )
    t.match(await historyOf(path), [{ requestId: 'shift', origin: 'v2' }, {}])
    t.match(await historyOf(url), [{ requestId: 'shift', origin: 'propagation' }, {}])
  })
})

t.test('the activity of a project', async (t) => {
  const { api, url, template, given, instance } = await buildInstance(t)
  const other = await given.instance(await given.template())
  const feed = `projects/${String(template.projectId)}/activity`
  await api.patch(url, { status: 'blocked' })
  await api.patch(`supplier-task-instances/${other.id}`, { notes: 'of another project' })
  await api.patch(`project-task-templates/${template.id}`, { dueDate: '2026-05-01' })
  await api.delete(url)
  const fields = ['deleted', 'dueDate', 'dueDate', 'status']

  t.test('has its templates’ and its instances’ changes, newest first, in pages', async (t) => {
    const seen: Json[] = []
    let next: unknown = ''
    while (next !== null) {
      const { body } = await api.get(`${feed}?limit=1${next === '' ? '' : `&cursor=${next as string}`}`)
      seen.push(...(body.items as Json[]))
      next = body.nextCursor
    }
    t.strictSame(
      seen.map(({ field }) => field),
      fields,
    )
    t.strictSame(new Set(seen.map(({ subjectId }) => subjectId)), new Set([instance.id, template.id]))
  })

  t.test('can be narrowed to an origin or a field', async (t) => {
    t.match((await api.get(`${feed}?origin=propagation`)).body.items, [
      { field: 'dueDate', subjectId: instance.id },
    ])
    t.equal(((await api.get(`${feed}?field=status`)).body.items as Json[]).length, 1)
    t.match(await api.get(`${feed}?field=colour`), { status: 400, body: { errors: [{ path: '?field' }] } })
  })

  t.test('refuses a cursor of another list', async (t) => {
    const { nextCursor } = (await api.get('suppliers?limit=1')).body
    t.match(await api.get(`${feed}?cursor=${nextCursor as string}`), {
      status: 400,
      body: { errors: [{ path: '?cursor' }] },
    })
  })

  t.test('is still there when the project has gone', async (t) => {
    await api.delete(`projects/${String(template.projectId)}`)
    const { status, body } = await api.get(feed)
    t.equal(status, 200)
    t.equal((body.items as Json[]).length, fields.length + 1)
  })
})

t.test('nobody changes what the history says', async (t) => {
  const { api, url, db, sqlConsole } = await buildInstance(t)
  await api.patch(url, { notes: 'x' })
  const before = sqlConsole.prepare('select * from change_history').all()
  for (const statement of [
    `update change_history set actor = 'me'`,
    'delete from change_history',
    'insert or replace into change_history select * from change_history',
    `insert into change_history select * from change_history where true on conflict (id) do update set actor = 'me'`,
  ])
    t.throws(() => sqlConsole.exec(statement), /append-only/, statement)
  await t.rejects(sql`delete from change_history`.execute(db.writer), /append-only/)
  t.strictSame(sqlConsole.prepare('select * from change_history').all(), before)
})
