import t from 'tap'
import { build, DUE, type Json } from './build.js'

const statusesOf = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort()

t.test('requests at the same time', async (t) => {
  t.test('of two changes with one ETag, one is made', async (t) => {
    const { api, given } = await build(t)
    const instance = await given.instance(await given.template())
    const url = `supplier-task-instances/${instance.id}`
    const { etag } = await api.get(url)
    const notes = Array.from({ length: 8 }, (_, n) => `note ${n}`)
    const answers = await Promise.all(
      notes.map((one) => api.patch(url, { notes: one }, { 'if-match': etag })),
    )
    t.strictSame(statusesOf(answers), [200, ...Array<number>(7).fill(412)])
    const [winner] = answers.filter(({ status }) => status === 200)
    t.equal((await api.get(url)).body.notes, winner?.body.notes)
    t.equal((await api.get(url)).etag, winner?.etag)
  })

  t.test('a supplier that is assigned by many gets each instance once', async (t) => {
    const { api, given, count } = await build(t)
    const project = await given.project()
    await given.template({ projectId: project.id })
    await given.template({ projectId: project.id })
    const supplier = await given.supplier()
    const url = `suppliers/${supplier.id}/projects/${project.id}/assign`
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(url)))
    t.strictSame(statusesOf(answers), [...Array<number>(9).fill(200), 201])
    t.equal(
      answers.reduce((sum, { body }) => sum + Number(body.created), 0),
      2,
    )
    t.ok(answers.every(({ body }) => Number(body.created) + Number(body.skipped) === 2))
    t.same([await count('supplier_project_instances'), await count('v2_supplier_task_instances')], [1, 2])
  })

  t.test('a template, an assignment and an attached type leave nobody without an instance', async (t) => {
    const { api, given, count } = await build(t)
    const project = await given.project()
    const taskType = await given.taskType()
    const tasks = [
      await given.task({ taskTypeId: taskType.id }),
      await given.task({ taskTypeId: taskType.id }),
    ]
    const other = await given.task()
    const suppliers = [await given.supplier(), await given.supplier(), await given.supplier()]
    const dueDates = tasks.map(({ id }) => ({ taskId: id, dueDate: DUE }))
    const answers = await Promise.all([
      ...suppliers.map(({ id }) => api.post(`suppliers/${id}/projects/${project.id}/assign`)),
      api.post(`projects/${project.id}/task-types`, { taskTypeId: taskType.id, dueDates }),
      api.post('project-task-templates', { projectId: project.id, taskId: other.id, dueDate: DUE }),
    ])
    t.ok(answers.every(({ status }) => status === 201))
    t.equal(await count('v2_supplier_task_instances'), 9)
  })

  t.test('a bulk update and a new due date give what one after the other gives', async (t) => {
    const { api, given, ids } = await build(t)
    const template = await given.template()
    for (let n = 0; n < 5; n++) await given.assignment({ projectId: template.projectId })
    const all = await ids('supplier-task-instances')
    const [moved, updated] = await Promise.all([
      api.patch(`project-task-templates/${template.id}`, { dueDate: '2026-05-01' }),
      api.post('supplier-task-instances/bulk-update', { ids: all, changes: { status: 'completed' } }),
    ])
    t.same([moved.status, updated.status], [200, 200])
    const { updated: carried, keptCompleted } = moved.body.propagation as Record<string, number>
    t.ok((carried === 5 && keptCompleted === 0) || (carried === 0 && keptCompleted === 5))
    const items = (await api.get('supplier-task-instances')).body.items as Json[]
    const due = carried === 5 ? '2026-05-01T00:00:00.000Z' : DUE
    t.ok(items.every(({ dueDate, status }) => dueDate === due && status === 'completed'))
  })

  t.test('a list that is read while its rows go names each that stays once', async (t) => {
    for (const sort of [
      '',
      '&sort=supplierName&order=desc',
      '&sort=effectiveDueDate',
      '&sort=status',
      '&sort=updatedAt',
    ]) {
      const { api, given, ids } = await build(t)
      const template = await given.template()
      for (let n = 0; n < 12; n++) await given.assignment({ projectId: template.projectId })
      const all = await ids('supplier-task-instances?limit=500')
      const seen: string[] = []
      let url = `supplier-task-instances?limit=3${sort}`
      const gone = new Set<string>()
      for (let page = 0; ; page++) {
        const { body } = await api.get(url)
        seen.push(...(body.items as Json[]).map(({ id }) => id))
        if (body.nextCursor === null) break
        // The row that the cursor is at, and one that may come.
        for (const id of [
          seen.at(-1) ?? '',
          all.find((one) => !seen.includes(one) && !gone.has(one)) ?? '',
        ].slice(page % 2))
          if ((await api.delete(`supplier-task-instances/${id}`)).status === 204) gone.add(id)
        url = `supplier-task-instances?limit=3${sort}&cursor=${body.nextCursor as string}`
      }
      t.equal(new Set(seen).size, seen.length, `${sort} no row twice`)
      const missed = all.filter((id) => !seen.includes(id) && !gone.has(id))
      t.same(missed, [], `${sort} none is left out`)
      t.ok(gone.size >= 3)
    }
  })

  t.test('a full order and a new sibling do not lose one another', async (t) => {
    const { api, given } = await build(t)
    const taskType = await given.taskType()
    const sections = [
      await given.section({ taskTypeId: taskType.id }),
      await given.section({ taskTypeId: taskType.id }),
    ]
    const order = sections.map(({ id }) => id).reverse()
    const [put, made] = await Promise.all([
      api.put(`task-types/${taskType.id}/sections/order`, { ids: order }),
      api.post(`task-types/${taskType.id}/sections`, { name: 'third' }),
    ])
    t.equal(made.status, 201)
    // In whichever order they came: a list that lacks one is refused.
    t.ok(put.status === 200 || put.status === 422)
    const { ids } = (await api.get(`task-types/${taskType.id}/sections/order`)).body
    t.same(ids, [...(put.status === 200 ? order : order.toReversed()), made.body.id])
  })
})
