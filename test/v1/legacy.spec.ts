import t from 'tap'
import { build, march, NOW } from './build.js'

type Built = Awaited<ReturnType<typeof build>>

/** One legacy instance, with its parents. */
function legacyWork({ given }: Built, suffix = '_old', values = {}) {
  const [supplierId, projectId, taskTypeId] = [given.supplier(), given.project(), given.taskType()]
  const supplierProjectId = given.add(`supplier_projects${suffix}`, { supplierId, projectId })
  const taskTemplateId = given.stamped(`task_templates${suffix}`, {
    taskTypeId,
    projectId,
    canonicalDue: '2026-02-10 00:00:00',
  })
  const instance = { supplierProjectId, taskTemplateId, ...values }
  const id = given.stamped(`task_instances${suffix}`, instance)
  return { id, supplierId, projectId, taskTypeId, supplierProjectId, taskTemplateId }
}

const renameToOlder = ({ sqlConsole }: Built) => {
  for (const table of ['supplier_projects', 'task_templates', 'task_instances'])
    sqlConsole.exec(`alter table ${table}_old rename to ${table}`)
}

const listed = async ({ app }: Built, url: string) =>
  (await app.inject({ url })).json<{ items: { id: string }[] }>().items.map(({ id }) => id)

t.test('legacy rows', async (t) => {
  t.test('are listed and read', async (t) => {
    const v1 = await build(t)
    const { id, taskTemplateId } = legacyWork(v1, '_old', { actualDue: march(3) })
    t.same(await listed(v1, '/v1/task-templates'), [taskTemplateId])
    t.match((await v1.app.inject({ url: `/v1/task-templates/${taskTemplateId}` })).json(), {
      canonicalDue: '2026-02-10T00:00:00.000Z',
      description: null,
    })
    t.match((await v1.app.inject({ url: `/v1/task-instances/${id}` })).json(), {
      taskTemplateId,
      status: 'not_started',
      actualDue: '2026-03-03T00:00:00.000Z',
      completedAt: null,
    })
  })

  t.test('are found by what they belong to', async (t) => {
    const v1 = await build(t)
    const one = legacyWork(v1)
    const other = legacyWork(v1, '_old', { status: 'completed' })
    t.same(await listed(v1, `/v1/task-templates?projectId=${one.projectId}`), [one.taskTemplateId])
    t.same(await listed(v1, `/v1/task-templates?taskTypeId=${one.taskTypeId}`), [one.taskTemplateId])
    t.same(await listed(v1, `/v1/task-instances?supplierProjectId=${one.supplierProjectId}`), [one.id])
    t.same(await listed(v1, '/v1/task-instances?status=completed'), [other.id])
  })

  t.test('are read from tables without a suffix in older files', async (t) => {
    const v1 = await build(t, { legacySuffix: '' })
    renameToOlder(v1)
    const { id } = legacyWork(v1, '')
    t.same(await listed(v1, '/v1/task-instances'), [id])
  })

  t.test('are none in a file without such tables', async (t) => {
    const v1 = await build(t, { legacySuffix: undefined })
    t.same((await v1.app.inject({ url: '/v1/task-templates' })).json(), { items: [], nextCursor: null })
    t.same(await listed(v1, '/v1/task-instances'), [])
    t.equal((await v1.app.inject({ url: '/v1/task-instances/any' })).statusCode, 404)
  })

  t.test('are read only', async (t) => {
    const v1 = await build(t)
    const { id } = legacyWork(v1)
    t.equal((await v1.app.inject({ method: 'DELETE', url: `/v1/task-instances/${id}` })).statusCode, 405)
  })
})

t.test('the dashboard', async (t) => {
  const read = async ({ app }: Built) =>
    (await app.inject({ url: '/v1/dashboard' })).json<Record<string, { instances: number }[]>>()

  t.test('counts legacy instances where there are no others', async (t) => {
    const v1 = await build(t)
    const { supplierId, projectId } = legacyWork(v1)
    const counted = { instances: 1, byStatus: { not_started: 1 }, overdue: 1 }
    t.match(await read(v1), {
      totals: counted,
      bySupplier: [{ supplierId, ...counted }],
      byProject: [{ projectId, ...counted }],
    })
  })

  t.test('counts them in older files too, by the agreed date', async (t) => {
    const v1 = await build(t, { legacySuffix: '' })
    renameToOlder(v1)
    legacyWork(v1, '', { actualDue: NOW })
    t.match(await read(v1), { totals: { instances: 1, overdue: 0, dueNext7Days: 1 } })
  })

  t.test('does not count them beside any instance of the active model, applied or not', async (t) => {
    const v1 = await build(t)
    legacyWork(v1)
    v1.given.instance({ isApplied: 0 })
    t.match(await read(v1), { totals: { instances: 0 } })
  })
})
