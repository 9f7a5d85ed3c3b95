import t from 'tap'
import { DUE, NOW, build } from './build.js'

const url = (instance: { id: string }) => `supplier-task-instances/${instance.id}`
const refusedAt = (path: string) => ({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })

async function buildInstance(t: import('tap').Test, fields: object = {}) {
  const built = await build(t)
  const template = await built.given.template()
  const instance = await built.given.instance(template, { ...fields })
  const patch = (payload: object) => built.api.patch(url(instance), payload)
  return { ...built, template, instance, patch }
}

t.test('a supplier task instance', async (t) => {
  t.test('is created with the due date of its template', async (t) => {
    const { api, given } = await build(t)
    const { projectId, id: supplierProjectInstanceId } = await given.assignment()
    const template = await given.template({ projectId, isActive: false })
    const of = { supplierProjectInstanceId, projectTaskTemplateId: template.id }
    const created = await api.post('supplier-task-instances', { ...of, status: 'completed' })
    t.match(created, {
      status: 201,
      body: { ...of, dueDate: DUE, isApplied: true, completedAt: '2026-03-01T00:00:00.000Z' },
    })
    t.match(await api.post('supplier-task-instances', of), { status: 409, body: { code: 'already-exists' } })
  })

  t.test('is not created for a template of another project', async (t) => {
    const { api, given } = await build(t)
    const { id: supplierProjectInstanceId } = await given.assignment()
    const { id: projectTaskTemplateId } = await given.template()
    t.match(
      await api.post('supplier-task-instances', { supplierProjectInstanceId, projectTaskTemplateId }),
      refusedAt('/projectTaskTemplateId'),
    )
  })

  t.test('is deleted', async (t) => {
    const { api, instance } = await buildInstance(t)
    t.equal((await api.delete(url(instance))).status, 204)
    t.equal((await api.get(url(instance))).status, 404)
  })

  t.test('is due on the date agreed with the supplier, else on that of its template', async (t) => {
    const { patch } = await buildInstance(t)
    const actualDueDate = '2026-04-01T00:00:00.000Z'
    t.match((await patch({ actualDueDate })).body, { dueDate: DUE, effectiveDueDate: actualDueDate })
    t.match((await patch({ actualDueDate: null })).body, { effectiveDueDate: DUE })
  })

  t.test('is overdue while it is open after its due date', async (t) => {
    const { api, clock, instance, patch } = await buildInstance(t)
    t.match(instance, { isOverdue: false })
    clock.now = Date.parse(DUE) + 1
    t.match((await api.get(url(instance))).body, { isOverdue: true })
    t.match((await patch({ status: 'cancelled' })).body, { isOverdue: false })
  })

  t.test('has its files as a list, or as the text that is stored', async (t) => {
    const { api, db, instance, patch } = await buildInstance(t)
    const { body } = await patch({ submissionFiles: [{ fileName: 'a.pdf' }] })
    t.match(body, { submissionFiles: [{ fileName: 'a.pdf' }], submissionFilesRaw: null })
    await db.writer.updateTable('v2_supplier_task_instances').set({ submissionFiles: '{oops' }).execute()
    t.match((await api.get(url(instance))).body, { submissionFiles: [], submissionFilesRaw: '{oops' })
  })
})

t.test('the status of an instance', async (t) => {
  t.test('sets completedAt on becoming completed, and clears it on leaving', async (t) => {
    const { clock, patch } = await buildInstance(t)
    t.match((await patch({ status: 'completed' })).body, { completedAt: '2026-03-01T00:00:00.000Z' })
    clock.now = NOW + 1000
    t.match((await patch({ notes: 'x' })).body, { completedAt: '2026-03-01T00:00:00.000Z' })
    t.match((await patch({ status: 'in_progress' })).body, { completedAt: null })
  })

  t.test('takes the completedAt that is given', async (t) => {
    const { patch } = await buildInstance(t)
    const completedAt = '2026-02-01T00:00:00.000Z'
    t.match((await patch({ status: 'completed', completedAt })).body, { completedAt })
  })

  t.test('clears the blockedReason on leaving blocked', async (t) => {
    const { patch } = await buildInstance(t)
    t.match((await patch({ status: 'blocked', blockedReason: 'no steel' })).body, {
      blockedReason: 'no steel',
    })
    t.match((await patch({ status: 'in_progress' })).body, { blockedReason: null })
  })

  t.test('decides whether blockedReason and completedAt can be given', async (t) => {
    const { patch } = await buildInstance(t)
    t.match(await patch({ blockedReason: 'no steel' }), refusedAt('/blockedReason'))
    t.match(await patch({ completedAt: DUE }), refusedAt('/completedAt'))
    t.match(await patch({ blockedReason: null, completedAt: null }), { status: 200 })
  })
})

t.test('instances are listed by', async (t) => {
  const { given, ids, clock } = await build(t)
  const { id: sectionId, taskTypeId } = await given.section()
  const task = await given.task({ taskTypeId, sectionId })
  const template = await given.template({ taskId: task.id })
  const one = await given.instance(template, { status: 'blocked' })
  const other = await given.instance(await given.template({ dueDate: '2026-05-01' }), { isApplied: false })
  const assignments = await ids(`supplier-project-instances?projectId=${String(template.projectId)}`)
  const suppliers = await ids(`suppliers?projectId=${String(template.projectId)}`)
  clock.now = Date.parse(DUE) + 1
  const both = [one.id, other.id]

  for (const [filter, expected] of [
    [`supplierId=${String(suppliers[0])}`, [one.id]],
    [`projectId=${String(template.projectId)}`, [one.id]],
    [`taskTypeId=${String(taskTypeId)}`, [one.id]],
    [`sectionId=${sectionId}`, [one.id]],
    [`taskId=${task.id}`, [one.id]],
    [`projectTaskTemplateId=${template.id}`, [one.id]],
    [`supplierProjectInstanceId=${String(assignments[0])}`, [one.id]],
    ['status=blocked', [one.id]],
    ['isApplied=false', [other.id]],
    ['overdue=true', [one.id]],
    ['overdue=false', [other.id]],
    ['blocked=true', [one.id]],
    ['blocked=false', [other.id]],
    ['dueFrom=2026-05-01', [other.id]],
    ['dueTo=2026-03-02', [one.id]],
    ['dueFrom=2026-03-02&dueTo=2026-05-01', both],
    ['status=blocked&isApplied=false', []],
  ] as const)
    t.test(filter.replaceAll(/=c\w+/g, ''), async (t) =>
      t.same(await ids(`supplier-task-instances?${filter}`), expected),
    )
})

t.test('a bulk update', async (t) => {
  t.test('makes one change to every instance', async (t) => {
    const { api, given, template, instance } = await buildInstance(t)
    const blocked = await given.instance(template, { status: 'blocked', blockedReason: 'no steel' })
    const ids = [blocked.id, instance.id]
    const changes = { status: 'completed', owner: 'Ann' }
    const changed = { ...changes, completedAt: '2026-03-01T00:00:00.000Z', blockedReason: null }
    t.match(await api.post('supplier-task-instances/bulk-update', { ids, changes }), {
      status: 200,
      body: { updated: 2, items: ids.map((id) => ({ id, ...changed })) },
    })
  })

  t.test('changes nothing when one id does not exist, and names it', async (t) => {
    const { api, instance } = await buildInstance(t)
    const ids = [instance.id, 'none']
    const refused = await api.post('supplier-task-instances/bulk-update', { ids, changes: { notes: 'x' } })
    t.match(refused, refusedAt('/ids/1'))
    t.match(refused.body.detail, '"none"')
    t.match((await api.get(url(instance))).body, { notes: null })
  })

  t.test('changes nothing when the change does not fit one of them', async (t) => {
    const { api, given, template, instance } = await buildInstance(t, { status: 'blocked' })
    const other = await given.instance(template)
    const ids = [instance.id, other.id]
    const refused = await api.post('supplier-task-instances/bulk-update', {
      ids,
      changes: { blockedReason: 'no steel' },
    })
    t.match(refused, refusedAt('/ids/1'))
    t.match(refused.body.detail, `"${other.id}" is not_started: /changes/blockedReason is only for`)
    t.match((await api.get(url(instance))).body, { blockedReason: null })
  })

  t.test('changes nothing when the change contradicts itself, and says so once', async (t) => {
    const { api, given, template, instance } = await buildInstance(t)
    const ids = [instance.id, (await given.instance(template)).id]
    const changes = { status: 'completed', blockedReason: 'no steel' }
    const refused = await api.post('supplier-task-instances/bulk-update', { ids, changes })
    t.match(refused, refusedAt('/changes/blockedReason'))
    t.equal((refused.body.errors as unknown[]).length, 1)
    t.match((await api.get(url(instance))).body, { status: 'not_started' })
  })

  t.test('is refused for no ids, too many, or one twice', async (t) => {
    const { api } = await build(t)
    for (const ids of [[], Array.from({ length: 1001 }, (_, n) => `c${n}`), ['a', 'a']])
      t.match(
        await api.post('supplier-task-instances/bulk-update', { ids, changes: { notes: 'x' } }),
        refusedAt('/ids'),
      )
  })
})
