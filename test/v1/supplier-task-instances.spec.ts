import t from 'tap'
import { build, march, NOW } from './build.js'

type Built = Awaited<ReturnType<typeof build>>

const url = '/v1/supplier-task-instances'
const nowText = new Date(NOW).toISOString()

const read = async ({ app }: Built, id: string) => (await app.inject({ url: `${url}/${id}` })).json<object>()

const change = ({ app }: Built, id: string, payload: object, headers = {}) =>
  app.inject({ method: 'PATCH', url: `${url}/${id}`, payload, headers })

const create = ({ app }: Built, payload: object) => app.inject({ method: 'POST', url, payload })

t.test('a supplier task instance', async (t) => {
  t.test('shows the override as its effective due date', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance({ dueDate: march(10), actualDueDate: '2026-03-12T02:00:00+02:00' })
    t.match(await read(v1, id), {
      dueDate: '2026-03-10T00:00:00.000Z',
      actualDueDate: '2026-03-12T00:00:00.000Z',
      effectiveDueDate: '2026-03-12T00:00:00.000Z',
      isOverdue: false,
    })
  })

  for (const [what, values, isOverdue] of [
    ['is overdue with an earlier date', { dueDate: NOW - 1 }, true],
    ['is overdue with an earlier date in words', { dueDate: '2026-02-28 23:59:59' }, true],
    ['is overdue when applied in words', { dueDate: NOW - 1, isApplied: 'TRUE' }, true],
    ['is not overdue at the very instant', { dueDate: NOW }, false],
    ['is not overdue with a later override', { dueDate: NOW - 1, actualDueDate: march(2) }, false],
    ['is not overdue when not applied', { dueDate: NOW - 1, isApplied: 0 }, false],
    ['is not overdue when not applied in words', { dueDate: NOW - 1, isApplied: 'false' }, false],
    ['is not overdue when completed', { dueDate: NOW - 1, status: 'completed' }, false],
    ['is not overdue when cancelled', { dueDate: NOW - 1, status: 'cancelled' }, false],
    ['is not overdue with a status that is none of the five', { dueDate: NOW - 1, status: 'Open' }, false],
    ['is not overdue with a date that nobody can read', { dueDate: 'soon' }, false],
  ] as const)
    t.test(what, async (t) => {
      const v1 = await build(t)
      const id = v1.given.instance(values)
      t.match(await read(v1, id), { isOverdue })
      const { items } = (await v1.app.inject({ url: `${url}?overdue=${isOverdue}` })).json<{ items: [] }>()
      t.equal(items.length, 1, 'and is listed so')
    })

  t.test('shows its files as a list', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance({ submissionFiles: '[{"name":"a.pdf"}]' })
    t.match(await read(v1, id), { submissionFiles: [{ name: 'a.pdf' }], submissionFilesRaw: null })
  })

  t.test('shows the text of its files where that is no list', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance({ submissionFiles: '{oops' })
    t.match(await read(v1, id), { submissionFiles: [], submissionFilesRaw: '{oops' })
  })
})

t.test('a new supplier task instance', async (t) => {
  t.test('has the due date of its project milestone task', async (t) => {
    const v1 = await build(t)
    const projectId = v1.given.project()
    const created = await create(v1, {
      supplierProjectInstanceId: v1.given.assignment({ projectId }),
      projectMilestoneTaskId: v1.given.template({ projectId, dueDate: '2026-03-10 00:00:00' }),
    })
    t.equal(created.statusCode, 201)
    const item = created.json<{ id: string }>()
    t.match(item, { dueDate: '2026-03-10T00:00:00.000Z', status: 'not_started', isApplied: true })
    t.match(v1.stored('supplier_task_instances', item.id), { dueDate: march(10), completedAt: null })
  })

  t.test('is completed now when it is made completed', async (t) => {
    const v1 = await build(t)
    const projectId = v1.given.project()
    const created = await create(v1, {
      supplierProjectInstanceId: v1.given.assignment({ projectId }),
      projectMilestoneTaskId: v1.given.template({ projectId }),
      status: 'completed',
    })
    t.match(created.json(), { status: 'completed', completedAt: nowText })
  })

  t.test('names the parents that do not exist, and is not written', async (t) => {
    const v1 = await build(t)
    const refused = await create(v1, { supplierProjectInstanceId: 'a', projectMilestoneTaskId: 'b' })
    t.match(refused.json(), {
      status: 422,
      errors: [{ path: '/supplierProjectInstanceId' }, { path: '/projectMilestoneTaskId' }],
    })
    t.equal(v1.sqlConsole.prepare('select count(*) from supplier_task_instances').pluck().get(), 0)
  })

  t.test('is not made across projects', async (t) => {
    const v1 = await build(t)
    const refused = await create(v1, {
      supplierProjectInstanceId: v1.given.assignment(),
      projectMilestoneTaskId: v1.given.template(),
    })
    t.match(refused.json(), { status: 422, errors: [{ path: '/projectMilestoneTaskId' }] })
  })

  t.test('is refused where there is one already', async (t) => {
    const v1 = await build(t)
    const projectId = v1.given.project()
    const pair = {
      supplierProjectInstanceId: v1.given.assignment({ projectId }),
      projectMilestoneTaskId: v1.given.template({ projectId }),
    }
    v1.given.instance(pair)
    t.match((await create(v1, pair)).json(), { status: 409, code: 'already-exists' })
  })
})

t.test('changing a supplier task instance', async (t) => {
  t.test('to completed sets completedAt, and from completed clears it', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    t.match((await change(v1, id, { status: 'completed' })).json(), { completedAt: nowText })
    t.match((await change(v1, id, { status: 'in_progress' })).json(), { completedAt: null })
  })

  t.test('to completed takes the completedAt that is given', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    await change(v1, id, { status: 'completed', completedAt: '2026-02-03T04:05:06+01:00' })
    t.match(v1.stored('supplier_task_instances', id), { completedAt: Date.UTC(2026, 1, 3, 3, 5, 6) })
  })

  t.test('refuses a completedAt for what is not completed', async (t) => {
    const v1 = await build(t)
    const refused = await change(v1, v1.given.instance(), { completedAt: '2026-02-03' })
    t.match(refused.json(), { status: 422, errors: [{ path: '/completedAt' }] })
  })

  t.test('sets the override, and takes it off', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    t.match((await change(v1, id, { actualDueDate: '2026-03-15' })).json(), {
      effectiveDueDate: '2026-03-15T00:00:00.000Z',
    })
    t.match((await change(v1, id, { actualDueDate: null })).json(), {
      effectiveDueDate: '2026-03-10T00:00:00.000Z',
    })
  })

  t.test('leaves what it does not name as it stands in the file', async (t) => {
    const v1 = await build(t)
    const odd = { status: 'In Progress', dueDate: '2026-03-10 00:00:00', submissionFiles: '{oops' }
    const id = v1.given.instance(odd)
    await change(v1, id, { notes: 'x', isApplied: false })
    t.match(v1.stored('supplier_task_instances', id), { ...odd, notes: 'x', isApplied: 0, updatedAt: NOW })
  })

  t.test('writes the files as a JSON array', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    await change(v1, id, { submissionFiles: [{ name: 'a.pdf', size: 3 }] })
    t.match(v1.stored('supplier_task_instances', id), { submissionFiles: '[{"name":"a.pdf","size":3}]' })
  })

  for (const [what, wrong, path] of [
    ['a status that is none of the five', { status: 'done' }, '/status'],
    ['a date in words', { dueDate: 'tomorrow' }, '/dueDate'],
    ['a date in milliseconds', { actualDueDate: 5 }, '/actualDueDate'],
    ['files that are no list', { submissionFiles: {} }, '/submissionFiles'],
    ['another assignment', { supplierProjectInstanceId: 'a' }, '/supplierProjectInstanceId'],
    ['nothing', {}, '/'],
  ] as const)
    t.test(`refuses ${what}, and writes nothing`, async (t) => {
      const v1 = await build(t)
      const id = v1.given.instance()
      const before = v1.stored('supplier_task_instances', id)
      const refused = await change(v1, id, wrong)
      t.match(refused.json(), { status: 422, code: 'invalid-input', errors: [{ path }] })
      t.same(v1.stored('supplier_task_instances', id), before)
    })

  t.test('writes nothing when the ETag is of another version', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    const { headers } = await v1.app.inject({ url: `${url}/${id}` })
    await change(v1, id, { notes: 'first' })
    const refused = await change(v1, id, { notes: 'second' }, { 'if-match': headers.etag })
    t.match(refused.json(), { status: 412, code: 'stale-etag' })
    t.match(v1.stored('supplier_task_instances', id), { notes: 'first' })
  })
})

t.test('supplier task instances are found by', async (t) => {
  const given = async (t: import('tap').Test) => {
    const v1 = await build(t)
    const [supplierId, projectId, taskTypeId] = [v1.given.supplier(), v1.given.project(), v1.given.taskType()]
    const milestoneId = v1.given.milestone({ taskTypeId })
    const taskId = v1.given.task({ milestoneId })
    const projectMilestoneTaskId = v1.given.template({ projectId, milestoneId, taskId })
    const supplierProjectInstanceId = v1.given.assignment({ supplierId, projectId })
    const id = v1.given.instance({
      projectMilestoneTaskId,
      supplierProjectInstanceId,
      status: 'blocked',
      isApplied: 'false',
      dueDate: '2026-03-20 12:00:00',
    })
    v1.given.instance()
    const ids = { supplierId, projectId, taskTypeId, milestoneId, taskId }
    return { v1, id, ids: { ...ids, projectMilestoneTaskId, supplierProjectInstanceId } }
  }
  const listed = async ({ app }: Built, query: string) =>
    (await app.inject({ url: `${url}?${query}` }))
      .json<{ items: { id: string }[] }>()
      .items.map(({ id }) => id)

  t.test('each thing that they belong to', async (t) => {
    const { v1, id, ids } = await given(t)
    for (const [name, value] of Object.entries(ids)) t.same(await listed(v1, `${name}=${value}`), [id], name)
  })

  t.test('status, and whether they are applied', async (t) => {
    const { v1, id } = await given(t)
    t.same(await listed(v1, 'status=blocked'), [id])
    t.same(await listed(v1, 'isApplied=false'), [id])
    t.not((await listed(v1, 'isApplied=true'))[0], id)
  })

  t.test('effective due date, from and to inclusive', async (t) => {
    const { v1, id } = await given(t)
    t.same(await listed(v1, 'dueFrom=2026-03-20T12:00:00Z&dueTo=2026-03-20T12:00:00Z'), [id])
    t.same(await listed(v1, 'dueFrom=2026-03-20T12:00:00.001Z'), [])
    t.same(await listed(v1, 'dueFrom=2026-03-11&dueTo=2026-03-20'), [])
  })

  t.test('several statuses, what is blocked, and what is overdue as of an instant', async (t) => {
    const { v1, id } = await given(t)
    const open = v1.given.instance({ status: 'blocked', dueDate: march(1), notes: 'Grüße' })
    t.same(await listed(v1, 'status=blocked&status=in_progress'), [id, open])
    t.same(await listed(v1, 'blocked=true'), [open])
    t.same(await listed(v1, 'overdue=true&asOf=2026-03-01T00:00:00.001Z'), [open])
    t.same(await listed(v1, 'overdue=true&asOf=2026-03-01'), [])
    t.match((await v1.app.inject({ url: `${url}?asOf=2026-03-02` })).json(), {
      items: [{ asOf: '2026-03-02T00:00:00.000Z' }],
    })
  })

  t.test('a status that very many have, page after page in the same order', async (t) => {
    const v1 = await build(t)
    v1.sqlConsole
      .exec(`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 6000)
      insert into supplier_task_instances (id, supplierProjectInstanceId, projectMilestoneTaskId, status, dueDate, updatedAt)
      select printf('i%05d', n * 7 % 6007), 'a' || n, 't', iif(n % 100 = 0, 'blocked', 'completed'), ${NOW}, ${NOW} from numbers`)
    const idsOf = (status: string, limit: number) =>
      v1.sqlConsole
        .prepare('select id from supplier_task_instances where status = ? order by id limit ?')
        .pluck()
        .all(status, limit)
    for (const status of ['completed', 'blocked']) {
      const first = await v1.app.inject({ url: `${url}?limit=25&status=${status}` })
      const { items, nextCursor } = first.json<{ items: { id: string }[]; nextCursor: string }>()
      const rest = await listed(v1, `limit=25&status=${status}&cursor=${nextCursor}`)
      t.same([...items.map(({ id }) => id), ...rest], idsOf(status, 50), status)
    }
  })

  t.test('a text in their notes or in a name, in any case', async (t) => {
    const { v1 } = await given(t)
    const projectId = v1.given.project({ name: 'Zürich' })
    const milestoneId = v1.given.milestone({ name: 'Première' })
    const taskId = v1.given.task({ milestoneId, name: 'Prüfung' })
    const supplierProjectInstanceId = v1.given.assignment({
      projectId,
      supplierId: v1.given.supplier({ name: 'Ōta' }),
    })
    const id = v1.given.instance({
      supplierProjectInstanceId,
      projectMilestoneTaskId: v1.given.template({ projectId, milestoneId, taskId }),
      notes: 'Grüße',
    })
    for (const text of ['GRÜSSE', 'zürich', 'PREMIÈRE', 'prüf', 'ōta'])
      t.same(await listed(v1, `search=${encodeURIComponent(text)}`), [id], text)
    t.same(await listed(v1, 'search=nothing'), [])
  })

  t.test('nothing that the list does not know', async (t) => {
    const { v1 } = await given(t)
    t.match((await v1.app.inject({ url: `${url}?status=done` })).json(), { status: 400 })
    t.match((await v1.app.inject({ url: `${url}?dueFrom=soon` })).json(), { errors: [{ path: '?dueFrom' }] })
    t.match((await v1.app.inject({ url: `${url}?colour=red` })).json(), { errors: [{ path: '?colour' }] })
  })
})
