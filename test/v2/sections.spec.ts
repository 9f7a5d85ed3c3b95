import t from 'tap'
import { build, type Json } from './build.js'

t.test('a section', async (t) => {
  t.test('is created and listed under its task type', async (t) => {
    const { api, given } = await build(t)
    await given.section()
    const taskType = await given.taskType()
    const path = `task-types/${taskType.id}/sections`
    const created = await api.post(path, { name: 'First Article', code: 'PA2', sequence: 2 })
    t.match(created, { status: 201, body: { taskTypeId: taskType.id, isRequired: true, sequence: 2 } })
    t.equal(created.headers.location, `/v2/task-type-sections/${created.body.id}`)
    t.match((await api.get(path)).body, { items: [created.body], nextCursor: null })
    t.match((await api.get(`task-type-sections?taskTypeId=${taskType.id}`)).body, { items: [created.body] })
  })

  t.test('is listed page by page under its task type', async (t) => {
    const { app, api, given } = await build(t)
    const { id: taskTypeId } = await given.taskType()
    await given.section({ taskTypeId })
    const last = await given.section({ taskTypeId })
    const first = await api.get(`task-types/${taskTypeId}/sections?limit=1`)
    const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    t.match((await app.inject({ url: next })).json(), { items: [{ id: last.id }], nextCursor: null })
  })

  t.test('is changed and deleted by its own address', async (t) => {
    const { api, given } = await build(t)
    const url = `task-type-sections/${(await given.section()).id}`
    t.match(await api.patch(url, { isRequired: false }), { status: 200, body: { isRequired: false } })
    t.equal((await api.delete(url)).status, 204)
    t.equal((await api.get(url)).status, 404)
  })

  t.test('is not deleted while it has tasks', async (t) => {
    const { api, given, count } = await build(t)
    const section = await given.section()
    await given.task({ taskTypeId: section.taskTypeId, sectionId: section.id })
    t.match(await api.delete(`task-type-sections/${section.id}`), {
      status: 409,
      body: { code: 'section-has-tasks' },
    })
    t.equal(await count('v2_tasks'), 1)
  })

  t.test('of a task type that does not exist is neither created nor listed', async (t) => {
    const { api } = await build(t)
    t.equal((await api.post('task-types/none/sections', { name: 'A' })).status, 404)
    t.equal((await api.get('task-types/none/sections')).status, 404)
  })
})

t.test("a task type's tree", async (t) => {
  t.test('has sections, tasks and sub-tasks in the order of sequence, name and id', async (t) => {
    const { api, given } = await build(t)
    const { id: taskTypeId } = await given.taskType()
    await given.section({ taskTypeId, name: 'second', sequence: 2 })
    const first = await given.section({ taskTypeId, name: 'first', sequence: 1 })
    const inFirst = { taskTypeId, sectionId: first.id }
    const parent = await given.task({ ...inFirst, name: 'b', sequence: 1 })
    await given.task({ ...inFirst, name: 'a', sequence: 1 })
    await given.task({ ...inFirst, name: 'zero', sequence: -1 })
    await given.task({ taskTypeId, parentTaskId: parent.id, name: 'sub 2', sequence: 0 })
    await given.task({ taskTypeId, parentTaskId: parent.id, name: 'sub 1', sequence: 0 })
    await given.task({ taskTypeId, name: 'loose' })
    await given.task()

    const { body } = await api.get(`task-types/${taskTypeId}/tree`)
    t.equal((body.taskType as Json).id, taskTypeId)
    t.same(names(body.sections), ['first', 'second'])
    const tasks = (body.sections as { tasks: { subTasks: unknown }[] }[])[0]?.tasks ?? []
    t.same(names(tasks), ['zero', 'a', 'b'])
    t.same(names(tasks[2]?.subTasks), ['sub 1', 'sub 2'])
    t.same(names(body.tasksWithoutSection), ['loose'])
  })

  t.test('of a task type that does not exist is not found', async (t) => {
    const { api } = await build(t)
    t.match(await api.get('task-types/none/tree'), { status: 404, body: { code: 'not-found' } })
  })
})

const names = (items: unknown) => (items as { name: string }[]).map(({ name }) => name)
