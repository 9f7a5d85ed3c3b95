import t from 'tap'
import { DUE, build, type Json } from './build.js'

/** A project with two tasks of one type, and a supplier who works on them. */
async function buildAttached(t: import('tap').Test) {
  const built = await build(t)
  const { given, api } = built
  const { id: projectId } = await given.project()
  const { id: taskTypeId } = await given.taskType()
  const tasks = [await given.task({ taskTypeId }), await given.task({ taskTypeId })]
  const list = `projects/${projectId}/task-types`
  const attach = () =>
    api.post(list, { taskTypeId, dueDates: tasks.map(({ id }) => ({ taskId: id, dueDate: DUE })) })
  await attach()
  const assignment = await given.assignment({ projectId })
  const activeTemplates = async () => (await built.ids('project-task-templates?isActive=true')).length
  const url = `${list}/${taskTypeId}`
  return { ...built, projectId, taskTypeId, tasks, assignment, list, url, attach, activeTemplates }
}

t.test("a project's task type", async (t) => {
  t.test('is listed and read', async (t) => {
    const { api, given, projectId, taskTypeId, list, url } = await buildAttached(t)
    await given.template({ projectId, isActive: false })
    await given.template()
    const item = { projectId, taskTypeId, isActive: true }
    t.match((await api.get(list)).body, { items: [item, { projectId, isActive: false }], nextCursor: null })
    t.match((await api.get(`${list}?isActive=true`)).body.items, [item])
    t.match((await api.get(`${list}?isActive=false`)).body.items, [{ isActive: false }])
    t.match(await api.get(url), { status: 200, body: item })
  })

  t.test('is listed page by page', async (t) => {
    const { app, api, given, projectId, list } = await buildAttached(t)
    await given.template({ projectId })
    const first = await api.get(`${list}?limit=1`)
    t.equal((first.body.items as Json[]).length, 1)
    const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    const second = (await app.inject({ url: next })).json<{ items: Json[] }>()
    t.equal(second.items.length, 1)
    t.not(second.items[0]?.id, (first.body.items as Json[])[0]?.id)
  })

  t.test('is switched off with its templates, and leaves the instances as they are', async (t) => {
    const { api, given, projectId, url, activeTemplates, count } = await buildAttached(t)
    const other = await given.template({ projectId })
    t.match(await api.patch(url, { isActive: false }), {
      status: 200,
      body: { projectTaskType: { isActive: false }, templatesChanged: 2, instancesCreated: 0 },
    })
    t.equal(await activeTemplates(), 1)
    t.match((await api.get(`project-task-templates/${other.id}`)).body, { isActive: true })
    t.equal(await count('v2_supplier_task_instances'), 3)
    t.match(await api.patch(url, { isActive: false }), { body: { templatesChanged: 0 } })
  })

  t.test('is switched on again, and new suppliers get their instances', async (t) => {
    const { api, given, projectId, url, activeTemplates, count } = await buildAttached(t)
    await api.patch(url, { isActive: false })
    await given.assignment({ projectId })
    t.equal(await count('v2_supplier_task_instances'), 2)
    t.match(await api.patch(url, { isActive: true }), {
      body: { projectTaskType: { isActive: true }, templatesChanged: 2, instancesCreated: 2 },
    })
    t.equal(await activeTemplates(), 2)
  })

  t.test('is on while any of its templates is active', async (t) => {
    const { api, url, ids } = await buildAttached(t)
    const [one, other] = (await ids('project-task-templates')) as [string, string]
    const set = (id: string, isActive: boolean) => api.patch(`project-task-templates/${id}`, { isActive })
    await set(one, false)
    t.match((await api.get(url)).body, { isActive: true })
    await set(other, false)
    t.match((await api.get(url)).body, { isActive: false })
    await set(one, true)
    t.match((await api.get(url)).body, { isActive: true })
  })

  t.test('is removed, and its templates and the work on them stay, switched off', async (t) => {
    const { api, list, url, activeTemplates, count } = await buildAttached(t)
    t.equal((await api.delete(url)).status, 204)
    t.match((await api.get(list)).body.items, [])
    t.equal((await api.get(url)).status, 404)
    t.equal(await activeTemplates(), 0)
    t.equal(await count('v2_project_task_templates'), 2)
    t.equal(await count('v2_supplier_task_instances'), 2)
  })

  for (const how of ['removed', 'switched off'])
    t.test(`comes back whole when it is attached after it was ${how}`, async (t) => {
      const { api, given, taskTypeId, projectId, url, attach, activeTemplates } = await buildAttached(t)
      if (how === 'removed') await api.delete(url)
      else await api.patch(url, { isActive: false })
      await given.assignment({ projectId })
      t.match(await attach(), {
        status: 200,
        body: {
          projectTaskType: { id: `${projectId}~${taskTypeId}`, isActive: true },
          created: 0,
          skipped: 2,
          activated: 2,
          instancesCreated: 2,
        },
      })
      t.equal(await activeTemplates(), 2)
    })

  t.test('is neither switched nor removed against a stale ETag', async (t) => {
    const { api, url, activeTemplates } = await buildAttached(t)
    const stale = { 'if-match': (await api.get(url)).etag }
    await api.patch(url, { isActive: false }, stale)
    await api.patch(url, { isActive: true })
    const { etag } = await api.get(url)
    await api.patch(url, { isActive: false })
    for (const refused of [
      await api.patch(url, { isActive: true }, { 'if-match': etag }),
      await api.delete(url, undefined, { 'if-match': etag }),
    ])
      t.match(refused, { status: 412, body: { code: 'stale-etag' } })
    t.equal(await activeTemplates(), 0)
  })

  t.test('that the project does not have is not found', async (t) => {
    const { api, given, list } = await buildAttached(t)
    const { id } = await given.taskType()
    for (const { status, body } of [
      await api.get(`${list}/${id}`),
      await api.patch(`${list}/${id}`, { isActive: false }),
      await api.delete(`${list}/${id}`),
      await api.get('projects/none/task-types'),
    ])
      t.match({ status, body }, { status: 404, body: { code: 'not-found' } })
  })
})
