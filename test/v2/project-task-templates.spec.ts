import t from 'tap'
import { DUE, NOW, build, type Json } from './build.js'

const LATER = '2026-03-12T00:00:00.000Z'

t.test('a project task template', async (t) => {
  t.test('is created in the section and with the defaults of its task', async (t) => {
    const { given } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const task = await given.task({ taskTypeId, sectionId, defaultOwner: 'Ann', defaultNotes: 'by mail' })
    t.match(await given.template({ taskId: task.id, notes: null }), {
      sectionId,
      owner: 'Ann',
      notes: null,
      isActive: true,
      anchor: null,
      dueDate: DUE,
    })
  })

  t.test('switches its task type on for the project', async (t) => {
    const { db, given } = await build(t)
    const { taskTypeId, id: taskId } = await given.task()
    const { projectId } = await given.template({ taskId })
    const id = `${String(projectId)}~${String(taskTypeId)}`
    await db.writer.updateTable('v2_project_task_types').set({ isActive: 0 }).execute()
    await given.template({ projectId, taskId: (await given.task({ taskTypeId })).id })
    t.match(await db.reader.selectFrom('v2_project_task_types').selectAll().execute(), [{ id, isActive: 1 }])
  })

  t.test('gives the suppliers with an active assignment their instance', async (t) => {
    const { api, given, ids } = await build(t)
    const { id: projectId } = await given.project()
    const active = await given.assignment({ projectId })
    const paused = await given.assignment({ projectId })
    await api.patch(`supplier-project-instances/${paused.id}`, { status: 'paused' })
    const template = await given.template({ projectId })
    const { items } = (await api.get('supplier-task-instances')).body
    t.match(items, [
      { supplierProjectInstanceId: active.id, projectTaskTemplateId: template.id, dueDate: DUE },
    ])
    t.equal((await ids('supplier-task-instances')).length, 1)
  })

  t.test('that is not active gives no instances until it is', async (t) => {
    const { api, given, count } = await build(t)
    const { projectId } = await given.assignment()
    const template = await given.template({ projectId, isActive: false })
    t.equal(await count('v2_supplier_task_instances'), 0)
    await api.patch(`project-task-templates/${template.id}`, { isActive: true })
    t.equal(await count('v2_supplier_task_instances'), 1)
  })

  t.test('is one for a project and task', async (t) => {
    const { api, given } = await build(t)
    const { projectId, taskId } = await given.template()
    t.match(await api.post('project-task-templates', { projectId, taskId, dueDate: DUE }), {
      status: 409,
      body: { code: 'already-exists' },
    })
  })

  t.test('is listed by project, task, task type, section and whether it is active', async (t) => {
    const { given, ids } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const task = await given.task({ taskTypeId, sectionId })
    const { id, projectId } = await given.template({ taskId: task.id, isActive: false })
    await given.template()
    for (const filter of [
      `projectId=${String(projectId)}`,
      `taskId=${task.id}`,
      `taskTypeId=${String(taskTypeId)}`,
      `sectionId=${sectionId}`,
      'isActive=false',
    ])
      t.same(await ids(`project-task-templates?${filter}`), [id], filter)
  })

  t.test('is deleted with its instances', async (t) => {
    const { api, given, count } = await build(t)
    const template = await given.template()
    await given.instance(template)
    t.equal((await api.delete(`project-task-templates/${template.id}`)).status, 204)
    t.equal(await count('v2_supplier_task_instances'), 0)
  })
})

t.test('moving a due date', async (t) => {
  t.test('carries it to open instances and keeps overrides and completed ones', async (t) => {
    const { api, given } = await build(t)
    const template = await given.template()
    const moved = await given.instance(template, { status: 'blocked' })
    const agreed = await given.instance(template, { actualDueDate: '2026-03-09', status: 'completed' })
    const done = await given.instance(template, { status: 'completed' })
    const { body } = await api.patch(`project-task-templates/${template.id}`, { dueDate: LATER })
    t.match(body, {
      template: { id: template.id, dueDate: LATER },
      propagation: { updated: 1, keptOverride: 1, keptCompleted: 1 },
    })
    const dueDate = async ({ id }: { id: string }) =>
      (await api.get(`supplier-task-instances/${id}`)).body.dueDate
    t.equal(await dueDate(moved), LATER)
    t.equal(await dueDate(agreed), DUE)
    t.equal(await dueDate(done), DUE)
  })

  t.test('marks as updated only what moved', async (t) => {
    const { api, clock, given } = await build(t)
    const template = await given.template()
    const there = await given.instance(template, { dueDate: LATER })
    clock.now = NOW + 1000
    await api.patch(`project-task-templates/${template.id}`, { dueDate: LATER })
    t.match((await api.get(`supplier-task-instances/${there.id}`)).body, { updatedAt: there.updatedAt })
    t.match((await api.get(`project-task-templates/${template.id}`)).body, {
      updatedAt: '2026-03-01T00:00:01.000Z',
    })
  })

  t.test('propagates nothing when another field is changed', async (t) => {
    const { api, given } = await build(t)
    const template = await given.template()
    await given.instance(template)
    const { body, etag } = await api.patch(`project-task-templates/${template.id}`, { owner: 'Ann' })
    t.match(body, {
      template: { owner: 'Ann' },
      propagation: { updated: 0, keptOverride: 0, keptCompleted: 0 },
    })
    t.equal((await api.get(`project-task-templates/${template.id}`)).etag, etag)
  })

  t.test('moves the same task by as many days in every project, when asked to', async (t) => {
    const { api, given } = await build(t)
    const here = await given.template()
    const there = await given.template({ taskId: here.taskId, dueDate: '2026-05-01' })
    await given.instance(here)
    await given.instance(there)
    const other = await given.template()
    const change = { dueDate: LATER, scope: 'all-projects-using-type' }
    const { body } = await api.patch(`project-task-templates/${here.id}`, change)
    t.match(body, { template: { dueDate: LATER }, propagation: { updated: 2 } })
    t.match((await api.get(`project-task-templates/${there.id}`)).body, {
      dueDate: '2026-05-11T00:00:00.000Z',
    })
    t.match((await api.get(`project-task-templates/${other.id}`)).body, { dueDate: DUE })
  })

  t.test('moves nothing when another project would leave the years of a due date', async (t) => {
    const { api, given } = await build(t)
    const here = await given.template()
    await given.template({ taskId: here.taskId, dueDate: '2100-12-31' })
    const url = `project-task-templates/${here.id}`
    t.match(await api.patch(url, { dueDate: LATER, scope: 'all-projects-using-type' }), {
      status: 422,
      body: { errors: [{ path: '/dueDate' }] },
    })
    t.match((await api.get(url)).body, { dueDate: DUE })
  })

  t.test('in all projects needs a due date', async (t) => {
    const { api, given } = await build(t)
    const { id } = await given.template()
    t.match(
      await api.patch(`project-task-templates/${id}`, { owner: 'Ann', scope: 'all-projects-using-type' }),
      {
        status: 422,
        body: { errors: [{ path: '/dueDate' }] },
      },
    )
    t.match((await api.get(`project-task-templates/${id}`)).body, { owner: null })
  })
})

t.test('a dry run', async (t) => {
  t.test('says what a new due date would move and what would stay, and writes nothing', async (t) => {
    const { api, given } = await build(t)
    const template = await given.template()
    const url = `project-task-templates/${template.id}`
    const instance = await given.instance(template)
    await given.instance(template, { actualDueDate: '2026-03-09' })
    await given.instance(template, { status: 'completed' })
    const change = { dueDate: LATER, owner: 'Ann', isActive: false }
    const counted = { updated: 1, keptOverride: 1, keptCompleted: 1 }
    const planned = await api.patch(url, { ...change, dryRun: true })
    t.match(planned, {
      status: 200,
      body: {
        template,
        dryRun: true,
        propagation: counted,
        templates: [{ id: template.id, from: DUE, to: LATER, stays: null, propagation: counted }],
      },
    })
    t.equal(planned.etag, (await api.get(url)).etag)
    t.match((await api.get(`supplier-task-instances/${instance.id}`)).body, { dueDate: DUE })
    const { propagation, templates } = (await api.patch(url, change)).body
    t.same({ propagation, templates }, { propagation: counted, templates: planned.body.templates })
  })

  t.test('is refused like the change itself', async (t) => {
    const { api, given } = await build(t)
    const url = `project-task-templates/${(await given.template()).id}`
    const dryRun = true
    t.match(await api.patch(url, { dueDate: LATER, dryRun }, { 'if-match': '"old"' }), { status: 412 })
    t.match(await api.patch(url, { dueDate: '2026-02-30', dryRun }), {
      status: 422,
      body: { errors: [{ path: '/dueDate' }] },
    })
  })
})

t.test('a project that has the task type switched off', async (t) => {
  async function buildTwo(t: import('tap').Test) {
    const built = await build(t)
    const { taskTypeId, id: taskId } = await built.given.task()
    const here = await built.given.template({ taskId })
    const there = await built.given.template({ taskId })
    const switchOff = ({ projectId }: Json) =>
      built.api.patch(`projects/${String(projectId)}/task-types/${String(taskTypeId)}`, { isActive: false })
    const dueDates = async () =>
      Promise.all(
        [here, there].map(
          async ({ id }) => (await built.api.get(`project-task-templates/${id}`)).body.dueDate,
        ),
      )
    return { ...built, taskTypeId, here, there, switchOff, dueDates }
  }
  const scope = 'all-projects-using-type'

  t.test('is not moved along with the others, and the answer says so', async (t) => {
    const { api, taskTypeId, here, there, switchOff, dueDates } = await buildTwo(t)
    await switchOff(there)
    const stays = [{ stays: null }, { stays: 'task-type-off', from: DUE, to: DUE }]
    const patched = await api.patch(`project-task-templates/${here.id}`, { dueDate: LATER, scope })
    t.match(patched.body.templates, stays)
    t.same(await dueDates(), [LATER, DUE])
    const url = `projects/${String(here.projectId)}/shift-dates`
    t.match((await api.post(url, { days: -10, taskTypeId, scope })).body.templates, [
      { stays: null },
      { stays: 'task-type-off' },
    ])
    t.same(await dueDates(), [DUE, DUE])
  })

  t.test('is moved when it is the one that is asked about', async (t) => {
    const { api, here, switchOff, dueDates } = await buildTwo(t)
    await switchOff(here)
    await api.patch(`project-task-templates/${here.id}`, { dueDate: LATER, scope })
    t.same(await dueDates(), [LATER, LATER])
  })
})
