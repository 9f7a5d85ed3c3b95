import t from 'tap'
import { DAY_MS } from '../../src/kernel/due-date.js'
import { build, NOW } from './build.js'

type Built = Awaited<ReturnType<typeof build>>

interface Line {
  name: string
  instances: number
}
interface Dashboard {
  asOf: string
  totals: Record<string, unknown>
  bySupplier: Line[]
  byProject: Line[]
  byMilestone: Line[]
}

const read = async ({ app }: Built, query = '') =>
  (await app.inject({ url: `/v1/dashboard${query}` })).json<Dashboard>()

t.test('the dashboard', async (t) => {
  t.test('of an empty file has zeros', async (t) => {
    t.same(await read(await build(t)), {
      asOf: '2026-03-01T00:00:00.000Z',
      totals: {
        suppliers: 0,
        projects: 0,
        instances: 0,
        byStatus: { not_started: 0, in_progress: 0, completed: 0, blocked: 0, cancelled: 0 },
        overdue: 0,
        dueNext7Days: 0,
        blocked: 0,
        completionRatio: 0,
      },
      bySupplier: [],
      byProject: [],
      byMilestone: [],
    })
  })

  t.test('lists every supplier, project and milestone, by name', async (t) => {
    const v1 = await build(t)
    for (const name of ['b', 'a']) {
      v1.given.supplier({ name })
      v1.given.project({ name })
      v1.given.milestone({ name, code: name })
    }
    const { bySupplier, byProject, byMilestone } = await read(v1)
    for (const lines of [bySupplier, byProject, byMilestone])
      t.match(lines, [
        { name: 'a', instances: 0, completionRatio: 0 },
        { name: 'b', instances: 0 },
      ])
  })

  t.test('counts an instance under its supplier, its project and its milestone', async (t) => {
    const v1 = await build(t)
    const milestoneId = v1.given.milestone({ name: 'under this' })
    const elsewhere = v1.given.task()
    const projectMilestoneTaskId = v1.given.template({ milestoneId, taskId: elsewhere })
    v1.given.instance({ projectMilestoneTaskId, status: 'completed' })
    v1.given.instance({ projectMilestoneTaskId })
    const { bySupplier, byProject, byMilestone, totals } = await read(v1)
    const counted = { instances: 2, byStatus: { completed: 1, not_started: 1 }, completionRatio: 0.5 }
    t.match(totals, { suppliers: 2, projects: 1, ...counted })
    t.match(bySupplier, [{ instances: 1 }, { instances: 1 }])
    t.match(byProject, [counted])
    t.match(
      byMilestone.filter(({ instances }) => instances > 0),
      [{ milestoneId, name: 'under this', ...counted }],
    )
  })

  for (const [what, values, counts] of [
    ['an earlier date as overdue', { dueDate: NOW - 1 }, { overdue: 1, dueNext7Days: 0 }],
    ['an earlier date in words as overdue', { dueDate: '2026-02-28 00:00:00' }, { overdue: 1 }],
    ['the very instant as due', { dueDate: NOW }, { overdue: 0, dueNext7Days: 1 }],
    ['the end of the seventh day as due', { dueDate: NOW + 7 * DAY_MS }, { dueNext7Days: 1 }],
    ['what comes after as neither', { dueDate: NOW + 7 * DAY_MS + 1 }, { overdue: 0, dueNext7Days: 0 }],
    [
      'an override before the due date',
      { dueDate: NOW - 1, actualDueDate: NOW },
      { overdue: 0, dueNext7Days: 1 },
    ],
    ['blocked ones', { status: 'blocked', dueDate: NOW - 1 }, { blocked: 1, overdue: 1 }],
    [
      'completed ones as never overdue',
      { status: 'completed', dueDate: 1 },
      { overdue: 0, completionRatio: 1 },
    ],
    ['nothing that is not applied', { isApplied: 'false', status: 'blocked' }, { instances: 0, blocked: 0 }],
    [
      'a status that is none of the five in the instances alone',
      { status: 'In Progress', dueDate: NOW - 1 },
      { instances: 1, overdue: 0, byStatus: { in_progress: 0 } },
    ],
  ] as const)
    t.test(`counts ${what}`, async (t) => {
      const v1 = await build(t)
      v1.given.instance(values)
      const { totals, bySupplier } = await read(v1)
      t.match(totals, counts)
      t.match(bySupplier, [counts])
    })

  t.test('counts an instance without its assignment in the totals alone', async (t) => {
    const v1 = await build(t)
    v1.given.instance({ supplierProjectInstanceId: 'gone' })
    const { totals, bySupplier } = await read(v1)
    t.match(totals, { instances: 1 })
    t.match(bySupplier, [])
  })

  t.test('is as of another instant when asked', async (t) => {
    const v1 = await build(t)
    v1.given.instance({ dueDate: NOW })
    t.match(await read(v1, '?asOf=2026-04-01'), { asOf: '2026-04-01T00:00:00.000Z', totals: { overdue: 1 } })
    t.match(await read(v1, '?asOf=spring'), { status: 400, errors: [{ path: '?asOf' }] })
  })

  t.test('of many instances keeps nobody waiting', async (t) => {
    const v1 = await build(t)
    const id = v1.given.instance()
    v1.sqlConsole.exec(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 400000)
       insert into supplier_task_instances (id, supplierProjectInstanceId, projectMilestoneTaskId, status, dueDate, isApplied, createdAt, updatedAt)
       select 'm' || i, supplierProjectInstanceId, 'other ' || i, status, dueDate, 1, createdAt, updatedAt from n, supplier_task_instances`,
    )
    await read(v1)
    const answered: string[] = []
    const get = (url: string) =>
      v1.app.inject({ url: `/v1/${url}` }).then(({ statusCode }) => answered.push(`${url}: ${statusCode}`))
    await Promise.all([
      get('dashboard'),
      get(`supplier-task-instances/${id}`),
      get('supplier-task-instances'),
    ])
    t.same(answered.at(-1), 'dashboard: 200')
    t.equal(answered.length, 3)
  })

  t.test('is answered to sixty who ask for the same at once', async (t) => {
    const v1 = await build(t)
    v1.given.instance({ dueDate: NOW })
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => v1.app.inject({ url: '/v1/dashboard' })),
    )
    for (const answer of answers) t.match(answer.json(), { totals: { instances: 1 } })
  })

  t.test('of one day is refused while fifty others wait for other days', async (t) => {
    const v1 = await build(t)
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, day) =>
        v1.app.inject({ url: `/v1/dashboard?asOf=${new Date(NOW + day * DAY_MS).toISOString()}` }),
      ),
    )
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 51)
    t.equal(refused.length, 9)
    for (const answer of refused) {
      t.match(answer.json(), { code: 'reads-busy', status: 503 })
      t.equal(answer.headers['retry-after'], '2')
    }
  })
})
