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

  t.test('says where the project has it, and with which ETag it can be changed', async (t) => {
    const { task, sub, attach, api } = await buildType(t)
    const dueDates = [task, sub].map(({ id }) => ({ taskId: id, dueDate: DUE }))
    const { etag, headers } = await attach({ dueDates })
    const url = String(headers.location).replace(/^\/v2\//, '')
    t.match(await api.get(url), { status: 200, etag })
    t.equal((await api.patch(url, { isActive: false }, { 'if-match': etag })).status, 200)
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
    t.match(await attach({}), {
      status: 200,
      body: { created: 0, skipped: 2, activated: 0, instancesCreated: 0 },
    })
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

t.test('an attached task is counted', async (t) => {
  t.test("from the date of its section, else from the project's start", async (t) => {
    const { given, api } = await build(t)
    const { id: projectId } = await given.project()
    const dated = await given.section()
    const { taskTypeId } = dated
    const other = await given.section({ taskTypeId })
    const tasks = [
      await given.task({ taskTypeId, sectionId: dated.id }),
      await given.task({ taskTypeId, sectionId: other.id }),
      await given.task({ taskTypeId }),
    ]
    const offsets = tasks.map(({ id }, index) => ({ taskId: id, offsetDays: index }))
    const { status } = await api.post(`projects/${projectId}/task-types`, {
      taskTypeId,
      anchor: 'milestone_date',
      anchorDate: '2026-01-31',
      milestoneDates: [{ sectionId: dated.id, date: '2026-02-28T17:00:00Z' }],
      offsets,
    })
    t.equal(status, 201)
    const anchor = 'milestone_date'
    t.match((await api.get('project-task-templates')).body.items, [
      { anchor, dueDate: '2026-02-28T17:00:00.000Z', offsetDays: 0, anchorDate: '2026-02-28T00:00:00.000Z' },
      { anchor, dueDate: '2026-02-01T00:00:00.000Z', offsetDays: 1, anchorDate: '2026-01-31T00:00:00.000Z' },
      { anchor, dueDate: '2026-02-02T00:00:00.000Z', offsetDays: 2, anchorDate: '2026-01-31T00:00:00.000Z' },
    ])
  })

  const relative = (taskId: string) => ({ taskId, offsetDays: -3, anchor: 'relative_to_task' })

  t.test('from the due date of its parent, whichever is named first', async (t) => {
    const { task, sub, attach, api } = await buildType(t)
    const offsets = [relative(sub.id), { taskId: task.id, offsetDays: 10 }]
    t.match(await attach({ anchorDate: '2026-02-21', offsets }), { status: 201 })
    t.match((await api.get('project-task-templates')).body.items, [
      { taskId: task.id, anchor: 'project_start', dueDate: '2026-03-03T00:00:00.000Z' },
      { taskId: sub.id, anchor: 'relative_to_task', offsetDays: -3, dueDate: '2026-02-28T00:00:00.000Z' },
    ])
  })

  t.test('from the template of its parent, where the project has one', async (t) => {
    const { projectId, task, sub, attach, given, api } = await buildType(t)
    await given.template({ projectId, taskId: task.id, dueDate: '2028-03-01' })
    const dueDates = [{ taskId: task.id, dueDate: '2027-01-01' }]
    t.match(await attach({ dueDates, offsets: [relative(sub.id)] }), { body: { created: 1, skipped: 1 } })
    const [, made] = (await api.get('project-task-templates')).body.items as object[]
    t.match(made, { taskId: sub.id, dueDate: '2028-02-27T00:00:00.000Z' })
  })

  for (const [what, payloadOf, paths] of [
    [
      'a task without a parent',
      (task: string) => ({ anchorDate: DUE, offsets: [relative(task)] }),
      ['/offsets/0/anchor'],
    ],
    [
      'a parent without a due date',
      (_: string, sub: string) => ({ offsets: [relative(sub)] }),
      ['/offsets/0/anchor'],
    ],
    [
      'an anchor without a date',
      (task: string) => ({ anchor: 'milestone_date', offsets: [{ taskId: task, offsetDays: 1 }] }),
      ['/anchorDate'],
    ],
    [
      'a section of another task type',
      () => ({ milestoneDates: [{ sectionId: 'none', date: DUE }] }),
      ['/milestoneDates/0/sectionId'],
    ],
  ] as const)
    t.test(`but not ${what}`, async (t) => {
      const { task, sub, attach, count } = await buildType(t)
      const { status, body } = await attach(payloadOf(task.id, sub.id))
      t.equal(status, 422)
      t.same(
        (body.errors as { path: string }[]).map(({ path }) => path),
        paths,
      )
      t.equal(await count('v2_project_task_types'), 0)
    })
})
