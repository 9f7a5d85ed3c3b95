import t from 'tap'
import { DUE, build } from './build.js'

async function buildType(t: import('tap').Test) {
  const built = await build(t)
  const { id: projectId } = await built.given.project()
  const { id: taskTypeId } = await built.given.taskType()
  const task = await built.given.task({ taskTypeId, defaultOwner: 'Ann' })
  const sub = await built.given.task({ taskTypeId, parentTaskId: task.id })
  const attach = (payload: object) =>
    built.api.post(`projects/${projectId}/task-types`, { taskTypeId, ...payload })
  return { ...built, projectId, taskTypeId, task, sub, attach }
}

t.test('attaching a task type to a project', async (t) => {
  t.test('makes a template of each task and sub-task, and the instances of assigned suppliers', async (t) => {
    const { projectId, taskTypeId, task, sub, attach, given, api, count } = await buildType(t)
    await given.assignment({ projectId })
    const dueDates = [
      { taskId: task.id, dueDate: DUE },
      { taskId: sub.id, dueDate: '2026-04-01' },
    ]
    t.match(await attach({ dueDates }), {
      status: 201,
      body: {
        projectTaskType: { id: `${projectId}~${taskTypeId}`, isActive: true },
        created: 2,
        skipped: 0,
        instancesCreated: 2,
      },
    })
    t.match((await api.get('project-task-templates')).body.items, [
      { taskId: task.id, dueDate: DUE, owner: 'Ann', anchor: null },
      { taskId: sub.id, dueDate: '2026-04-01T00:00:00.000Z', owner: null },
    ])
    t.equal(await count('v2_supplier_task_instances'), 2)
  })

  t.test('counts days from the start of the project', async (t) => {
    const { task, sub, attach, api } = await buildType(t)
    const offsets = [
      { taskId: task.id, offsetDays: 30 },
      { taskId: sub.id, offsetDays: -1 },
    ]
    t.match(await attach({ anchorDate: '2026-03-01', offsets }), { body: { created: 2 } })
    t.match((await api.get('project-task-templates')).body.items, [
      { dueDate: '2026-03-31T00:00:00.000Z', anchor: 'project_start', offsetDays: 30 },
      { dueDate: '2026-02-28T00:00:00.000Z', anchor: 'project_start', offsetDays: -1 },
    ])
  })

  t.test('takes a date before an offset', async (t) => {
    const { task, sub, attach, api } = await buildType(t)
    const offsets = [task, sub].map(({ id }) => ({ taskId: id, offsetDays: 5 }))
    await attach({ anchorDate: '2026-03-01', offsets, dueDates: [{ taskId: task.id, dueDate: DUE }] })
    t.match((await api.get('project-task-templates')).body.items, [
      { dueDate: DUE, anchor: null, offsetDays: null },
      { offsetDays: 5 },
    ])
  })

  t.test('leaves the templates that the project has', async (t) => {
    const { projectId, task, sub, attach, given, api } = await buildType(t)
    const kept = await given.template({ projectId, taskId: task.id })
    const answer = await attach({
      dueDates: [task, sub].map(({ id }) => ({ taskId: id, dueDate: '2026-04-01' })),
    })
    t.match(answer, { status: 201, body: { created: 1, skipped: 1 } })
    t.match((await api.get(`project-task-templates/${kept.id}`)).body, { dueDate: DUE })
    t.match(await attach({}), { status: 200, body: { created: 0, skipped: 2, instancesCreated: 0 } })
  })

  t.test('is refused, with the task, where one has no due date', async (t) => {
    const { task, sub, attach, count } = await buildType(t)
    const refused = await attach({ dueDates: [{ taskId: task.id, dueDate: DUE }] })
    t.match(refused, { status: 422, body: { errors: [{ path: '/dueDates' }] } })
    t.match(refused.body.detail, sub.id)
    t.equal(await count('v2_project_task_templates'), 0)
    t.equal(await count('v2_project_task_types'), 0)
  })

  t.test('is refused with everything that is wrong with the schedule', async (t) => {
    const { task, attach, given } = await buildType(t)
    const foreign = await given.task()
    const dueDates = [task, task, foreign].map(({ id }) => ({ taskId: id, dueDate: DUE }))
    t.match(await attach({ dueDates, offsets: [{ taskId: task.id, offsetDays: 1 }] }), {
      status: 422,
      body: {
        errors: [{ path: '/dueDates/1/taskId' }, { path: '/dueDates/2/taskId' }, { path: '/anchorDate' }],
      },
    })
  })

  t.test('is refused where an offset leaves the years of a due date', async (t) => {
    const { task, attach } = await buildType(t)
    t.match(await attach({ anchorDate: '2100-12-31', offsets: [{ taskId: task.id, offsetDays: 1 }] }), {
      status: 422,
      body: { errors: [{ path: '/offsets/0/offsetDays' }] },
    })
  })

  t.test('is refused for a project or a task type that does not exist', async (t) => {
    const { attach, api, taskTypeId } = await buildType(t)
    t.match(await attach({ taskTypeId: 'none' }), {
      status: 422,
      body: { errors: [{ path: '/taskTypeId' }] },
    })
    t.equal((await api.post('projects/none/task-types', { taskTypeId })).status, 404)
  })
})
