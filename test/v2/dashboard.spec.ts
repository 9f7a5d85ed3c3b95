import t from 'tap'
import { build, type Json } from './build.js'

const none = {
  instances: 0,
  byStatus: { not_started: 0, in_progress: 0, completed: 0, blocked: 0, cancelled: 0 },
  overdue: 0,
  dueNext7Days: 0,
  blocked: 0,
  completionRatio: 0,
}

t.test('the dashboard', async (t) => {
  t.test('is all zeros over an empty database', async (t) => {
    const { api } = await build(t)
    t.same((await api.get('dashboard')).body, {
      asOf: '2026-03-01T00:00:00.000Z',
      totals: { suppliers: 0, projects: 0, ...none },
      bySupplier: [],
      byProject: [],
      bySection: [],
    })
  })

  t.test('counts applied instances by status', async (t) => {
    const { api, given } = await build(t)
    const template = await given.template()
    for (const status of ['completed', 'completed', 'blocked', 'in_progress', 'cancelled'])
      await given.instance(template, { status })
    await given.instance(template, { status: 'blocked', isApplied: false })
    t.match((await api.get('dashboard')).body.totals, {
      suppliers: 6,
      projects: 1,
      instances: 5,
      byStatus: { not_started: 0, in_progress: 1, completed: 2, blocked: 1, cancelled: 1 },
      blocked: 1,
      completionRatio: 0.4,
    })
  })

  t.test(
    'counts as overdue what is open before asOf, and as due what is within 7 days from it',
    async (t) => {
      const { api, given } = await build(t)
      const template = await given.template({ dueDate: '2026-03-10' })
      await given.instance(template)
      await given.instance(template, { actualDueDate: '2026-03-09T23:59:59.999Z' })
      await given.instance(template, { actualDueDate: '2026-03-17' })
      await given.instance(template, { actualDueDate: '2026-03-17T00:00:00.001Z' })
      await given.instance(template, { actualDueDate: '2026-03-01', status: 'completed' })
      await given.instance(template, { actualDueDate: '2026-03-01', isApplied: false })
      const { asOf, totals } = (await api.get('dashboard?asOf=2026-03-10')).body
      t.equal(asOf, '2026-03-10T00:00:00.000Z')
      t.match(totals, { overdue: 1, dueNext7Days: 2 })
    },
  )

  t.test('lists every supplier, project and section by name, with its counts', async (t) => {
    const { api, given } = await build(t)
    const section = await given.section({ name: 'S2' })
    await given.section({ taskTypeId: section.taskTypeId, name: 'S1' })
    const task = await given.task({ taskTypeId: section.taskTypeId, sectionId: section.id })
    const { id: projectId } = await given.project({ name: 'P2' })
    await given.project({ name: 'P1' })
    const { id: supplierId } = await given.supplier({ name: 'B' })
    await given.supplier({ name: 'A' })
    await given.assignment({ supplierId, projectId })
    await given.template({ projectId, taskId: task.id })
    await given.template({ projectId })

    const { bySupplier, byProject, bySection, totals } = (await api.get('dashboard')).body
    t.match(totals, { suppliers: 2, projects: 2, instances: 2 })
    t.match(bySupplier, [
      { name: 'A', ...none },
      { supplierId, name: 'B', instances: 2, dueNext7Days: 2 },
    ])
    t.match(byProject, [
      { name: 'P1', ...none },
      { projectId, name: 'P2', instances: 2 },
    ])
    t.match(bySection, [
      { name: 'S1', ...none },
      { sectionId: section.id, taskTypeId: section.taskTypeId, name: 'S2', instances: 1 },
    ])
    t.equal((bySection as Json[]).length, 2)
  })

  t.test('refuses an asOf that is no instant', async (t) => {
    const { api } = await build(t)
    t.match(await api.get('dashboard?asOf=2026-02-30'), {
      status: 400,
      body: { errors: [{ path: '?asOf' }] },
    })
  })

  t.test('is answered to sixty who ask for the same at once', async (t) => {
    const { api } = await build(t)
    const answers = await Promise.all(Array.from({ length: 60 }, () => api.get('dashboard')))
    for (const { status, body } of answers) t.match({ status, body }, { status: 200, body: { totals: {} } })
  })

  t.test('of one day is refused while fifty others wait for other days', async (t) => {
    const { api } = await build(t)
    const days = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString())
    const answers = await Promise.all(days.map((asOf) => api.get(`dashboard?asOf=${asOf}`)))
    t.equal(answers.filter(({ status }) => status === 200).length, 51)
    const refused = answers.filter(({ status }) => status === 503)
    t.equal(refused.length, 9)
    for (const { body } of refused) t.match(body, { code: 'reads-busy' })
  })
})
