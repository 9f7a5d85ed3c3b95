import t from 'tap'
import { build } from './build.js'

t.test('a task', async (t) => {
  t.test('is created, read, changed and deleted', async (t) => {
    const { app, given } = await build(t)
    const payload = { milestoneId: given.milestone(), name: 'Gage R&R Submission', sequence: 2 }
    const created = await app.inject({ method: 'POST', url: '/v1/tasks', payload })
    t.equal(created.statusCode, 201)
    t.match(created.json(), { ...payload, description: null, isRequired: true })
    const url = created.headers.location ?? ''
    const patched = await app.inject({ method: 'PATCH', url, payload: { description: 'Three samples' } })
    t.match(patched.json(), { name: payload.name, description: 'Three samples' })
    t.equal((await app.inject({ method: 'DELETE', url })).statusCode, 204)
    t.equal((await app.inject({ url })).statusCode, 404)
  })

  t.test('is not created under a milestone that does not exist', async (t) => {
    const { app, sqlConsole } = await build(t)
    const payload = { milestoneId: 'nowhere', name: 'Report', sequence: 1 }
    const refused = await app.inject({ method: 'POST', url: '/v1/tasks', payload })
    t.match(refused.json(), { status: 422, errors: [{ path: '/milestoneId' }] })
    t.equal(sqlConsole.prepare('select count(*) from tasks').pluck().get(), 0)
  })

  t.test('moves to another milestone', async (t) => {
    const { app, given } = await build(t)
    const [id, milestoneId] = [given.task(), given.milestone()]
    const patched = await app.inject({ method: 'PATCH', url: `/v1/tasks/${id}`, payload: { milestoneId } })
    t.match(patched.json(), { id, milestoneId })
  })

  t.test('is found by its milestone, and by its task type', async (t) => {
    const { app, given } = await build(t)
    const taskTypeId = given.taskType()
    const milestoneId = given.milestone({ taskTypeId })
    const id = given.task({ milestoneId })
    const neighbour = given.task({ milestoneId: given.milestone({ taskTypeId }) })
    given.task()
    const listed = async (query: string) =>
      (await app.inject({ url: `/v1/tasks?${query}` }))
        .json<{ items: { id: string }[] }>()
        .items.map((i) => i.id)
    t.same(await listed(`milestoneId=${milestoneId}`), [id])
    t.same(await listed(`taskTypeId=${taskTypeId}`), [id, neighbour])
  })

  t.test('is left as it is by a change that is too late', async (t) => {
    const { app, given, stored } = await build(t)
    const id = given.task()
    const before = stored('tasks', id)
    const url = `/v1/tasks/${id}`
    const headers = { 'if-match': '"of another day"' }
    const refused = await app.inject({ method: 'PATCH', url, payload: { name: 'New' }, headers })
    t.match(refused.json(), { status: 412, code: 'stale-etag' })
    t.match((await app.inject({ method: 'DELETE', url, headers })).json(), { status: 412 })
    t.same(stored('tasks', id), before)
  })
})
