import t from 'tap'
import { build, march } from './build.js'

type Built = Awaited<ReturnType<typeof build>>

const parents = ({ given }: Built) => {
  const milestoneId = given.milestone()
  return { projectId: given.project(), milestoneId, taskId: given.task({ milestoneId }) }
}

const create = ({ app }: Built, payload: object) =>
  app.inject({ method: 'POST', url: '/v1/project-milestone-tasks', payload })

const change = ({ app }: Built, id: string, payload: object, headers = {}) =>
  app.inject({ method: 'PATCH', url: `/v1/project-milestone-tasks/${id}`, payload, headers })

t.test('a new project milestone task', async (t) => {
  t.test('has its due date as an instant, and as epoch milliseconds in the file', async (t) => {
    const v1 = await build(t)
    const created = await create(v1, { ...parents(v1), dueDate: '2026-03-02' })
    const item = created.json<{ id: string }>()
    t.equal(created.statusCode, 201)
    t.match(item, { dueDate: '2026-03-02T00:00:00.000Z', isActive: true, responsibleParties: null })
    t.match(v1.stored('project_milestone_tasks', item.id), { dueDate: march(2), isActive: 1 })
  })

  t.test('gives an instance to each supplier that works on the project', async (t) => {
    const v1 = await build(t)
    const body = parents(v1)
    const [works, left] = ['active', 'inactive'].map((status) =>
      v1.given.assignment({ projectId: body.projectId, status }),
    )
    v1.given.assignment()
    await create(v1, { ...body, dueDate: '2026-03-02' })
    const rows = v1.sqlConsole.prepare('select * from supplier_task_instances').all()
    t.match(rows, [
      { supplierProjectInstanceId: works, dueDate: march(2), status: 'not_started', isApplied: 1 },
    ])
    t.equal(rows.length, 1, `none for ${left}`)
  })

  t.test('gives no instance while it is not active, and gives them once it is', async (t) => {
    const v1 = await build(t)
    const body = parents(v1)
    v1.given.assignment({ projectId: body.projectId })
    const { id } = (await create(v1, { ...body, dueDate: '2026-03-02', isActive: false })).json<{
      id: string
    }>()
    const count = v1.sqlConsole.prepare('select count(*) from supplier_task_instances').pluck()
    t.equal(count.get(), 0)
    await change(v1, id, { isActive: true })
    t.equal(count.get(), 1)
  })

  t.test('may be under another milestone than its task', async (t) => {
    const v1 = await build(t)
    const milestoneId = v1.given.milestone()
    const created = await create(v1, { ...parents(v1), milestoneId, dueDate: '2026-03-02' })
    t.match(created.json(), { milestoneId })
  })

  t.test('names every parent that does not exist, and is not written', async (t) => {
    const v1 = await build(t)
    const nowhere = { projectId: 'a', milestoneId: 'b', taskId: 'c', dueDate: '2026-03-02' }
    t.match((await create(v1, nowhere)).json(), {
      status: 422,
      errors: [{ path: '/projectId' }, { path: '/milestoneId' }, { path: '/taskId' }],
    })
    t.equal(v1.sqlConsole.prepare('select count(*) from project_milestone_tasks').pluck().get(), 0)
  })

  t.test('refuses a day that the calendar does not have', async (t) => {
    const v1 = await build(t)
    const refused = await create(v1, { ...parents(v1), dueDate: '2026-02-30' })
    t.match(refused.json(), { status: 422, errors: [{ path: '/dueDate' }] })
  })
})

t.test('a new due date', async (t) => {
  t.test('moves the instances without an override that are not completed', async (t) => {
    const v1 = await build(t)
    const id = v1.given.template()
    const instance = v1.given.instance({ projectMilestoneTaskId: id })
    const other = v1.given.instance()
    const changed = await change(v1, id, { dueDate: '2026-03-20' })
    t.match(changed.json(), {
      id,
      dueDate: '2026-03-20T00:00:00.000Z',
      propagation: { updated: 1, keptOverride: 0, keptCompleted: 0 },
    })
    t.match(v1.stored('supplier_task_instances', instance), { dueDate: march(20) })
    t.match(v1.stored('supplier_task_instances', other), { dueDate: march(10) })
  })

  for (const [what, values, reason] of [
    ['an override', { actualDueDate: march(12) }, 'keptOverride'],
    ['an override in words', { actualDueDate: '2026-03-12 00:00:00' }, 'keptOverride'],
    ['an override that is completed', { actualDueDate: march(12), status: 'completed' }, 'keptOverride'],
    ['the status completed', { status: 'completed' }, 'keptCompleted'],
  ] as const)
    t.test(`leaves an instance with ${what} where it is`, async (t) => {
      const v1 = await build(t)
      const id = v1.given.template()
      const instance = v1.given.instance({ projectMilestoneTaskId: id, ...values })
      const before = v1.stored('supplier_task_instances', instance)
      const { propagation } = (await change(v1, id, { dueDate: '2026-03-20' })).json<{
        propagation: object
      }>()
      t.same(propagation, { updated: 0, keptOverride: 0, keptCompleted: 0, [reason]: 1 })
      t.same(v1.stored('supplier_task_instances', instance), before)
    })

  t.test('that is the one it has writes nothing, in whichever form the file has it', async (t) => {
    const v1 = await build(t)
    const id = v1.given.template({ dueDate: '2026-03-10 00:00:00', updatedAt: 1 })
    await change(v1, id, { dueDate: '2026-03-10' })
    t.match(v1.stored('project_milestone_tasks', id), { dueDate: '2026-03-10 00:00:00', updatedAt: 1 })
  })

  t.test('moves nothing when the ETag is of another version', async (t) => {
    const v1 = await build(t)
    const id = v1.given.template()
    const instance = v1.given.instance({ projectMilestoneTaskId: id })
    const refused = await change(v1, id, { dueDate: '2026-03-20' }, { 'if-match': '"stale"' })
    t.match(refused.json(), { status: 412 })
    t.match(v1.stored('project_milestone_tasks', id), { dueDate: march(10) })
    t.match(v1.stored('supplier_task_instances', instance), { dueDate: march(10) })
  })

  t.test('is answered with the ETag that the item then has', async (t) => {
    const v1 = await build(t)
    const id = v1.given.template()
    const { headers } = await change(v1, id, { dueDate: '2026-03-20' })
    const read = await v1.app.inject({ url: `/v1/project-milestone-tasks/${id}` })
    t.equal(headers.etag, read.headers.etag)
  })
})

t.test('a change without a due date moves nothing', async (t) => {
  const v1 = await build(t)
  const id = v1.given.template()
  v1.given.instance({ projectMilestoneTaskId: id })
  const changed = await change(v1, id, { notes: 'by courier' })
  t.match(changed.json(), { notes: 'by courier', propagation: { updated: 0 } })
})

t.test('a change of the project is refused', async (t) => {
  const v1 = await build(t)
  const refused = await change(v1, v1.given.template(), { projectId: v1.given.project() })
  t.match(refused.json(), { status: 422, errors: [{ path: '/projectId' }] })
})

t.test('responsible parties', async (t) => {
  t.test('are kept where the file has a column for them', async (t) => {
    const v1 = await build(t, { hasResponsibleParties: true })
    const created = await create(v1, { ...parents(v1), dueDate: '2026-03-02', responsibleParties: 'Ann' })
    t.match(created.json(), { responsibleParties: 'Ann' })
    const { id } = created.json<{ id: string }>()
    t.match((await change(v1, id, { responsibleParties: '["Bo"]' })).json(), { responsibleParties: '["Bo"]' })
  })

  t.test('are refused where it has none', async (t) => {
    const v1 = await build(t)
    const id = v1.given.template()
    const refusal = { status: 422, errors: [{ path: '/responsibleParties' }] }
    t.match((await change(v1, id, { responsibleParties: 'Ann', notes: 'n' })).json(), refusal)
    const payload = { ...parents(v1), dueDate: '2026-03-02', responsibleParties: 'Ann' }
    t.match((await create(v1, payload)).json(), refusal)
    t.match(v1.stored('project_milestone_tasks', id), { notes: null })
  })
})

t.test('project milestone tasks are found by what they refer to, and by a flag in any form', async (t) => {
  const { app, given } = await build(t)
  const project = given.project()
  const [on, off] = [
    given.template({ projectId: project, isActive: 'true' }),
    given.template({ isActive: 'FALSE' }),
  ]
  const listed = async (query: string) =>
    (await app.inject({ url: `/v1/project-milestone-tasks?${query}` }))
      .json<{ items: { id: string }[] }>()
      .items.map(({ id }) => id)
  t.same(await listed(`projectId=${project}`), [on])
  t.same(await listed('isActive=true'), [on])
  t.same(await listed('isActive=false'), [off])
  t.same(await listed('milestoneId=nowhere'), [])
})

t.test('a project milestone task is deleted with its instances', async (t) => {
  const { app, given, stored } = await build(t)
  const id = given.template()
  const instance = given.instance({ projectMilestoneTaskId: id })
  const { statusCode } = await app.inject({ method: 'DELETE', url: `/v1/project-milestone-tasks/${id}` })
  t.equal(statusCode, 204)
  t.equal(stored('project_milestone_tasks', id), undefined)
  t.equal(stored('supplier_task_instances', instance), undefined)
})
