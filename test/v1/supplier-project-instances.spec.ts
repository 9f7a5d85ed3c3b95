import t from 'tap'
import { build, march, NOW } from './build.js'

type Built = Awaited<ReturnType<typeof build>>

const url = '/v1/supplier-project-instances'

const assign = ({ app }: Built, supplierId: string, projectId: string) =>
  app.inject({ method: 'POST', url, payload: { supplierId, projectId } })

t.test('assigning a supplier to a project', async (t) => {
  t.test('makes an instance of each of its active project milestone tasks', async (t) => {
    const v1 = await build(t)
    const projectId = v1.given.project()
    v1.given.template({ projectId, isActive: 'true', dueDate: '2026-03-10 00:00:00' })
    v1.given.template({ projectId, isActive: 'false' })
    v1.given.template()
    const assigned = await assign(v1, v1.given.supplier(), projectId)
    t.equal(assigned.statusCode, 201)
    t.match(assigned.json(), { projectId, status: 'active', created: 1, skipped: 0 })
    t.equal(assigned.headers.location, `${url}/${assigned.json<{ id: string }>().id}`)
    const rows = v1.sqlConsole.prepare('select * from supplier_task_instances').all()
    t.match(rows, [{ dueDate: march(10), status: 'not_started', isApplied: 1, createdAt: NOW }])
  })

  t.test('again makes only the instances that are missing', async (t) => {
    const v1 = await build(t)
    const [supplierId, projectId] = [v1.given.supplier(), v1.given.project()]
    v1.given.template({ projectId })
    const first = (await assign(v1, supplierId, projectId)).json<{ id: string }>()
    v1.given.template({ projectId })
    const second = await assign(v1, supplierId, projectId)
    t.equal(second.statusCode, 200)
    t.match(second.json(), { id: first.id, created: 1, skipped: 1 })
  })

  t.test('again leaves its status, and what was taken off its list, alone', async (t) => {
    const v1 = await build(t)
    const projectMilestoneTaskId = v1.given.template()
    const instance = v1.given.instance({ projectMilestoneTaskId, isApplied: 0 })
    const { supplierId, projectId } = v1.sqlConsole
      .prepare(`update supplier_project_instances set status = 'on hold' returning *`)
      .get() as { supplierId: string; projectId: string }
    t.match((await assign(v1, supplierId, projectId)).json(), { status: 'on hold', created: 0, skipped: 1 })
    t.match(v1.stored('supplier_task_instances', instance), { isApplied: 0 })
  })

  t.test('makes more instances than one statement holds', async (t) => {
    const v1 = await build(t)
    const projectId = v1.given.project()
    const milestoneId = v1.given.milestone()
    v1.sqlConsole.transaction(() => {
      for (let n = 0; n < 1001; n++) v1.given.template({ projectId, milestoneId })
    })()
    t.match((await assign(v1, v1.given.supplier(), projectId)).json(), { created: 1001, skipped: 0 })
  })

  t.test('names the parents that do not exist, and writes nothing', async (t) => {
    const v1 = await build(t)
    const refused = await assign(v1, 'nobody', 'nowhere')
    t.match(refused.json(), { status: 422, errors: [{ path: '/supplierId' }, { path: '/projectId' }] })
    t.equal(v1.sqlConsole.prepare('select count(*) from supplier_project_instances').pluck().get(), 0)
  })

  t.test('refuses a field that it does not know', async (t) => {
    const v1 = await build(t)
    const payload = { supplierId: v1.given.supplier(), projectId: v1.given.project(), status: 'active' }
    const refused = await v1.app.inject({ method: 'POST', url, payload })
    t.match(refused.json(), { status: 422, errors: [{ path: '/status' }] })
  })
})

t.test('an assignment', async (t) => {
  t.test('shows instants that stand in the file as text', async (t) => {
    const { app, given } = await build(t)
    const id = given.assignment({ assignedAt: '2026-01-02 03:04:05' })
    t.match((await app.inject({ url: `${url}/${id}` })).json(), { assignedAt: '2026-01-02T03:04:05.000Z' })
  })

  t.test('changes its status, unless the ETag is of another version', async (t) => {
    const { app, given, stored } = await build(t)
    const id = given.assignment()
    const payload = { status: 'inactive' }
    const headers = { 'if-match': '"stale"' }
    const refused = await app.inject({ method: 'PATCH', url: `${url}/${id}`, payload, headers })
    t.match(refused.json(), { status: 412 })
    t.match(stored('supplier_project_instances', id), { status: 'active' })
    t.match((await app.inject({ method: 'PATCH', url: `${url}/${id}`, payload })).json(), payload)
  })

  t.test('takes its instances with it when it is deleted', async (t) => {
    const { app, given, stored } = await build(t)
    const id = given.assignment()
    const instance = given.instance({ supplierProjectInstanceId: id })
    t.equal((await app.inject({ method: 'DELETE', url: `${url}/${id}` })).statusCode, 204)
    t.equal(stored('supplier_task_instances', instance), undefined)
  })

  t.test('is found by its supplier, its project and its status', async (t) => {
    const { app, given } = await build(t)
    const [supplierId, projectId] = [given.supplier(), given.project()]
    const id = given.assignment({ supplierId, projectId, status: 'inactive' })
    given.assignment()
    for (const query of [`supplierId=${supplierId}`, `projectId=${projectId}`, 'status=inactive']) {
      const { items } = (await app.inject({ url: `${url}?${query}` })).json<{ items: { id: string }[] }>()
      t.same(
        items.map((item) => item.id),
        [id],
        query,
      )
    }
  })
})
