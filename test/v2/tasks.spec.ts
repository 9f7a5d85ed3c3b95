import t from 'tap'
import { build } from './build.js'

const refusedAt = (path: string) => ({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })

t.test('a task', async (t) => {
  t.test('is created, read, changed and deleted', async (t) => {
    const { api, given } = await build(t)
    const section = await given.section()
    const { id, ...created } = await given.task({ taskTypeId: section.taskTypeId, sectionId: section.id })
    t.match(created, { sectionId: section.id, parentTaskId: null, isRequired: true, defaultOwner: null })
    const url = `tasks/${id}`
    t.match(await api.patch(url, { defaultOwner: 'Ann' }), { status: 200, body: { defaultOwner: 'Ann' } })
    t.equal((await api.delete(url)).status, 204)
    t.equal((await api.get(url)).status, 404)
  })

  t.test('is listed by task type, section and parent', async (t) => {
    const { given, ids } = await build(t)
    const section = await given.section()
    const of = { taskTypeId: section.taskTypeId }
    const parent = await given.task({ ...of, sectionId: section.id })
    const sub = await given.task({ ...of, parentTaskId: parent.id })
    const loose = await given.task(of)
    await given.task()
    t.same(await ids(`tasks?taskTypeId=${String(of.taskTypeId)}`), [parent.id, sub.id, loose.id])
    t.same(await ids(`tasks?sectionId=${section.id}`), [parent.id, sub.id])
    t.same(await ids(`tasks?parentTaskId=${parent.id}`), [sub.id])
  })

  t.test('has a name of its own in its section', async (t) => {
    const { api, given } = await build(t)
    const { taskTypeId } = await given.task({ name: 'Gage R&R' })
    t.match(await api.post('tasks', { taskTypeId, name: 'Gage R&R' }), {
      status: 409,
      body: { code: 'already-exists', detail: 'Another row has the same name.' },
    })
  })

  t.test('is refused in a section of another task type', async (t) => {
    const { api, given } = await build(t)
    const task = await given.task()
    const { id: sectionId } = await given.section()
    t.match(await api.patch(`tasks/${task.id}`, { sectionId }), refusedAt('/sectionId'))
  })

  t.test('takes its sub-tasks, and the templates of both, to another section', async (t) => {
    const { api, given } = await build(t)
    const section = await given.section()
    const of = { taskTypeId: section.taskTypeId }
    const parent = await given.task(of)
    const sub = await given.task({ ...of, parentTaskId: parent.id })
    const templates = [await given.template({ taskId: parent.id }), await given.template({ taskId: sub.id })]
    const other = await given.template({ taskId: (await given.task(of)).id })
    await api.patch(`tasks/${parent.id}`, { sectionId: section.id })
    t.match((await api.get(`tasks/${sub.id}`)).body, { sectionId: section.id })
    for (const { id } of templates)
      t.match((await api.get(`project-task-templates/${id}`)).body, { sectionId: section.id })
    t.match((await api.get(`project-task-templates/${other.id}`)).body, { sectionId: null })
  })
})

t.test('a sub-task', async (t) => {
  t.test("is in its parent's section", async (t) => {
    const { given } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const parent = await given.task({ taskTypeId, sectionId })
    t.match(await given.task({ taskTypeId, parentTaskId: parent.id }), { sectionId })
  })

  t.test('cannot ask for another section than that of its parent', async (t) => {
    const { api, given } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const parent = await given.task({ taskTypeId })
    const sub = await given.task({ taskTypeId, parentTaskId: parent.id })
    t.match(await api.patch(`tasks/${sub.id}`, { sectionId }), refusedAt('/sectionId'))
  })

  t.test("goes, with its templates, to its new parent's section", async (t) => {
    const { api, given } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const parent = await given.task({ taskTypeId, sectionId })
    const task = await given.task({ taskTypeId })
    const template = await given.template({ taskId: task.id })
    t.match((await api.patch(`tasks/${task.id}`, { parentTaskId: parent.id })).body, { sectionId })
    t.match((await api.get(`project-task-templates/${template.id}`)).body, { sectionId })
  })

  t.test('becomes a task again where its parent was', async (t) => {
    const { api, given } = await build(t)
    const { id: sectionId, taskTypeId } = await given.section()
    const parent = await given.task({ taskTypeId, sectionId })
    const sub = await given.task({ taskTypeId, parentTaskId: parent.id })
    const { body } = await api.patch(`tasks/${sub.id}`, { parentTaskId: null })
    t.match(body, { parentTaskId: null, sectionId })
  })

  t.test('cannot have a parent of another task type', async (t) => {
    const { api, given } = await build(t)
    const { id: parentTaskId } = await given.task()
    const task = await given.task()
    t.match(await api.patch(`tasks/${task.id}`, { parentTaskId }), refusedAt('/parentTaskId'))
  })

  t.test('cannot have a sub-task for a parent', async (t) => {
    const { api, given } = await build(t)
    const { id, taskTypeId } = await given.task()
    const sub = await given.task({ taskTypeId, parentTaskId: id })
    const refused = await api.post('tasks', { taskTypeId, name: 'below', parentTaskId: sub.id })
    t.match(refused, refusedAt('/parentTaskId'))
  })

  t.test('cannot be its own parent', async (t) => {
    const { api, given } = await build(t)
    const { id } = await given.task()
    t.match(await api.patch(`tasks/${id}`, { parentTaskId: id }), refusedAt('/parentTaskId'))
  })

  t.test('cannot be made of a task that has sub-tasks', async (t) => {
    const { api, given } = await build(t)
    const { id, taskTypeId } = await given.task()
    await given.task({ taskTypeId, parentTaskId: id })
    const { id: parentTaskId } = await given.task({ taskTypeId })
    t.match(await api.patch(`tasks/${id}`, { parentTaskId }), refusedAt('/parentTaskId'))
  })
})
