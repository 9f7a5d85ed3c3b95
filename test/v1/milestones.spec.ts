import t from 'tap'
import { build } from './build.js'

const body = (taskTypeId: string) => ({ taskTypeId, code: 'PA2', name: 'First article', sequence: 1 })

t.test('a milestone', async (t) => {
  t.test('is created, read, changed and deleted', async (t) => {
    const { app, given } = await build(t)
    const payload = body(given.taskType())
    const created = await app.inject({ method: 'POST', url: '/v1/milestones', payload })
    t.equal(created.statusCode, 201)
    t.match(created.json(), { code: 'PA2', isRequired: true, createdAt: '2026-03-01T00:00:00.000Z' })
    const url = created.headers.location ?? ''
    const patched = await app.inject({ method: 'PATCH', url, payload: { isRequired: false } })
    t.match(patched.json(), { code: 'PA2', isRequired: false })
    t.same((await app.inject({ url })).json(), patched.json())
    t.equal((await app.inject({ method: 'DELETE', url })).statusCode, 204)
    t.equal((await app.inject({ url })).statusCode, 404)
  })

  t.test('shows instants and booleans that stand in the file as text', async (t) => {
    const { app, given } = await build(t)
    const id = given.milestone({
      isRequired: 'true',
      createdAt: '2026-01-02 03:04:05',
      updatedAt: '2026-01-02T03:04:05.678+01:00',
    })
    const { body } = await app.inject({ url: `/v1/milestones/${id}` })
    t.match(JSON.parse(body), {
      isRequired: true,
      createdAt: '2026-01-02T03:04:05.000Z',
      updatedAt: '2026-01-02T02:04:05.678Z',
    })
  })

  t.test('shows null for an instant that nobody can read', async (t) => {
    const { app, given } = await build(t)
    const id = given.milestone({ createdAt: 'last week' })
    t.match((await app.inject({ url: `/v1/milestones/${id}` })).json(), { createdAt: null })
  })

  t.test('is not created under a task type that does not exist', async (t) => {
    const { app, sqlConsole } = await build(t)
    const refused = await app.inject({ method: 'POST', url: '/v1/milestones', payload: body('nowhere') })
    t.match(refused.json(), { status: 422, code: 'invalid-input', errors: [{ path: '/taskTypeId' }] })
    t.equal(sqlConsole.prepare('select count(*) from milestones').pluck().get(), 0)
  })

  t.test('is not moved to a task type that does not exist', async (t) => {
    const { app, given, stored } = await build(t)
    const id = given.milestone()
    const before = stored('milestones', id)
    const url = `/v1/milestones/${id}`
    const refused = await app.inject({
      method: 'PATCH',
      url,
      payload: { taskTypeId: 'nowhere', name: 'New' },
    })
    t.match(refused.json(), { status: 422, errors: [{ path: '/taskTypeId' }] })
    t.same(stored('milestones', id), before)
  })

  t.test('has a code of its own in its task type', async (t) => {
    const { app, given } = await build(t)
    const taskTypeId = given.taskType()
    given.milestone({ taskTypeId, code: 'PA2' })
    const refused = await app.inject({ method: 'POST', url: '/v1/milestones', payload: body(taskTypeId) })
    t.match(refused.json(), { status: 409, code: 'already-exists' })
  })

  for (const [what, wrong, path] of [
    ['a sequence in words', { sequence: 'first' }, '/sequence'],
    ['a flag in words', { isRequired: 'true' }, '/isRequired'],
    ['a blank name', { name: ' ' }, '/name'],
    ['a field that it does not have', { colour: 'red' }, '/colour'],
  ] as const)
    t.test(`refuses ${what}`, async (t) => {
      const { app, given } = await build(t)
      const payload = { ...body(given.taskType()), ...wrong }
      const refused = await app.inject({ method: 'POST', url: '/v1/milestones', payload })
      t.match(refused.json(), { status: 422, code: 'invalid-input', errors: [{ path }] })
    })

  t.test('is found by its task type', async (t) => {
    const { app, given } = await build(t)
    const taskTypeId = given.taskType()
    const id = given.milestone({ taskTypeId })
    given.milestone()
    const { items } = (await app.inject({ url: `/v1/milestones?taskTypeId=${taskTypeId}` })).json<{
      items: []
    }>()
    t.match(items, [{ id }])
    t.equal(items.length, 1)
  })
})
