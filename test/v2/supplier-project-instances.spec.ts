import t from 'tap'
import { DUE, build } from './build.js'

async function buildPair(t: import('tap').Test) {
  const built = await build(t)
  const { id: projectId } = await built.given.project()
  const { id: supplierId } = await built.given.supplier()
  return {
    ...built,
    pair: { supplierId, projectId },
    assignUrl: `suppliers/${supplierId}/projects/${projectId}/assign`,
  }
}

t.test('assigning a supplier to a project', async (t) => {
  t.test('creates an instance of each active template', async (t) => {
    const { api, given, pair } = await buildPair(t)
    const { projectId } = pair
    const template = await given.template({ projectId })
    await given.template({ projectId, isActive: false })
    await given.template()
    t.match(await api.post('supplier-project-instances', pair), {
      status: 201,
      body: {
        assignment: { ...pair, status: 'active', assignedAt: '2026-03-01T00:00:00.000Z' },
        created: 1,
        skipped: 0,
      },
    })
    const { items } = (await api.get('supplier-task-instances')).body
    t.match(items, [
      { projectTaskTemplateId: template.id, status: 'not_started', dueDate: DUE, isApplied: true },
    ])
  })

  t.test('says where the assignment is, and with which ETag it can be changed', async (t) => {
    const { api, pair, assignUrl } = await buildPair(t)
    for (const made of [await api.post('supplier-project-instances', pair), await api.post(assignUrl)]) {
      const url = String(made.headers.location).replace(/^\/v2\//, '')
      t.match(await api.get(url), { status: 200, etag: made.etag, body: pair })
    }
    const { etag, headers } = await api.post(assignUrl)
    const url = String(headers.location).replace(/^\/v2\//, '')
    t.equal((await api.patch(url, { status: 'paused' }, { 'if-match': etag })).status, 200)
    t.equal((await api.patch(url, { status: 'active' }, { 'if-match': etag })).status, 412)
  })

  t.test('again creates only what is missing', async (t) => {
    const { api, given, pair, assignUrl } = await buildPair(t)
    await given.template({ projectId: pair.projectId })
    const first = await api.post(assignUrl)
    t.match(first, { status: 201, body: { created: 1, skipped: 0 } })
    const [instance] = (await api.get('supplier-task-instances')).body.items as [{ id: string }]
    await api.delete(`supplier-task-instances/${instance.id}`)
    await given.template({ projectId: pair.projectId })
    t.match(await api.post(assignUrl), {
      status: 200,
      body: { assignment: first.body.assignment, created: 1, skipped: 1 },
    })
  })

  t.test('creates more instances than one statement takes', async (t) => {
    const { db, api, given, pair, assignUrl } = await buildPair(t)
    const { taskTypeId } = await given.task()
    const stamps = { createdAt: 0, updatedAt: 0 }
    for (let n = 0; n < 1001; n += 1) {
      const id = `t${n}`
      const none = { sectionId: null, description: null }
      await db.writer
        .insertInto('v2_tasks')
        .values({
          id,
          name: id,
          taskTypeId: String(taskTypeId),
          sequence: n,
          isRequired: 1,
          ...none,
          ...stamps,
        })
        .execute()
      await db.writer
        .insertInto('v2_project_task_templates')
        .values({ id, taskId: id, projectId: pair.projectId, dueDate: 0, isActive: 1, ...stamps })
        .execute()
    }
    t.match((await api.post(assignUrl)).body, { created: 1001, skipped: 0 })
    t.match((await api.post(assignUrl)).body, { created: 0, skipped: 1001 })
  })

  t.test('is refused where either does not exist', async (t) => {
    const { api, pair, count } = await buildPair(t)
    for (const [field, path] of [
      ['supplierId', '/supplierId'],
      ['projectId', '/projectId'],
    ] as const)
      t.match(await api.post('supplier-project-instances', { ...pair, [field]: 'none' }), {
        status: 422,
        body: { errors: [{ path }] },
      })
    t.equal((await api.post(`suppliers/none/projects/${pair.projectId}/assign`)).status, 404)
    t.equal((await api.post(`suppliers/${pair.supplierId}/projects/none/assign`)).status, 404)
    t.equal(await count('supplier_project_instances'), 0)
  })
})

t.test('an assignment', async (t) => {
  t.test('is listed by supplier, project and status', async (t) => {
    const { api, given, ids } = await build(t)
    const { id, supplierId, projectId } = await given.assignment()
    await given.assignment()
    await api.patch(`supplier-project-instances/${id}`, { status: 'paused' })
    for (const filter of [
      `supplierId=${String(supplierId)}`,
      `projectId=${String(projectId)}`,
      'status=paused',
    ])
      t.same(await ids(`supplier-project-instances?${filter}`), [id], filter)
  })

  t.test('is read, and deleted with its instances', async (t) => {
    const { api, given, count } = await build(t)
    const { supplierProjectInstanceId } = await given.instance(await given.template())
    const url = `supplier-project-instances/${String(supplierProjectInstanceId)}`
    t.match(await api.get(url), { status: 200, body: { status: 'active' } })
    t.equal((await api.delete(url)).status, 204)
    t.equal((await api.get(url)).status, 404)
    t.equal(await count('v2_supplier_task_instances'), 0)
  })
})
