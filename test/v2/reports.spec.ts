import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { DAY_MS } from '../../src/kernel/due-date.js'
import { formatInstant } from '../../src/kernel/instant.js'
import { build, type Json } from './build.js'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)

interface Given {
  supplier: string
  due: string
  /** How many days after that it was completed; negative: before. */
  after?: number
  fields?: object
}

/** Instances of one project, each under a template of its own; `asOf` is July 1st, 2026. */
async function buildReports(t: Test, some: readonly Given[]) {
  const built = await build(t)
  const { api, given, clock } = built
  clock.now = day('2026-07-01')
  const project = await given.project({ name: 'Model A' })
  const suppliers = new Map<string, string>()
  for (const { supplier, due, after, fields } of some) {
    if (!suppliers.has(supplier)) suppliers.set(supplier, (await given.supplier({ name: supplier })).id)
    const supplierId = String(suppliers.get(supplier))
    const template = await given.template({ projectId: project.id, dueDate: due, isActive: false })
    const assignment = await given.assignment({ supplierId, projectId: project.id })
    const completed =
      after === undefined
        ? {}
        : { status: 'completed', completedAt: formatInstant(day(due) + after * DAY_MS) }
    const body = { supplierProjectInstanceId: assignment.id, projectTaskTemplateId: template.id }
    const made = await api.post('supplier-task-instances', { ...body, ...completed, ...fields })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  }
  const report = async (query: string) => (await api.get(`reports/${query}`)).body
  return { ...built, project, suppliers, report }
}

const some: readonly Given[] = [
  { supplier: 'Abel', due: '2026-01-10', after: 0 },
  { supplier: 'Abel', due: '2026-01-20', after: 3 },
  { supplier: 'Abel', due: '2026-03-31', after: -5 },
  { supplier: 'Abel', due: '2026-06-30' },
  { supplier: 'Abel', due: '2026-07-01' },
  { supplier: 'Abel', due: '2026-06-01', fields: { status: 'cancelled' } },
  { supplier: 'Abel', due: '2026-06-01', fields: { isApplied: false } },
  { supplier: 'Bell', due: '2025-12-31', after: 10 },
  // The date agreed with the supplier counts.
  { supplier: 'Bell', due: '2026-01-01', after: 4, fields: { actualDueDate: '2026-04-01' } },
]

t.test('the performance of suppliers', async (t) => {
  t.test('is told by supplier and month', async (t) => {
    const { report, suppliers } = await buildReports(t, some)
    t.strictSame(await report('supplier-performance'), {
      asOf: '2026-07-01T00:00:00.000Z',
      period: 'month',
      totals: figures({ due: 8, completed: 5, completedOnTime: 3, overdue: 1 }, 0.5, 2.6),
      suppliers: [
        {
          supplierId: suppliers.get('Abel'),
          name: 'Abel',
          ...figures({ due: 6, completed: 3, completedOnTime: 2, overdue: 1 }, 0.5, 1),
          periods: [
            { period: '2026-01', ...figures({ due: 2, completed: 2, completedOnTime: 1 }, 0.5, 1.5) },
            { period: '2026-03', ...figures({ due: 1, completed: 1, completedOnTime: 1 }, 1, 0) },
            { period: '2026-06', ...figures({ due: 2, overdue: 1 }, 0, null) },
            { period: '2026-07', ...figures({ due: 1 }, null, null) },
          ],
        },
        {
          supplierId: suppliers.get('Bell'),
          name: 'Bell',
          ...figures({ due: 2, completed: 2, completedOnTime: 1 }, 0.5, 5),
          periods: [
            { period: '2025-12', ...figures({ due: 1, completed: 1 }, 0, 10) },
            { period: '2026-04', ...figures({ due: 1, completed: 1, completedOnTime: 1 }, 1, 0) },
          ],
        },
      ],
    })
  })

  t.test('is told by quarter and by year', async (t) => {
    const { report } = await buildReports(t, some)
    const periodsOf = async (period: string) => {
      const { suppliers } = await report(`supplier-performance?period=${period}`)
      return (suppliers as { periods: Json[] }[]).map(({ periods }) =>
        periods.map(({ period, due }) => [period, due]),
      )
    }
    t.strictSame(await periodsOf('quarter'), [
      [
        ['2026-Q1', 3],
        ['2026-Q2', 2],
        ['2026-Q3', 1],
      ],
      [
        ['2025-Q4', 1],
        ['2026-Q2', 1],
      ],
    ])
    t.strictSame(await periodsOf('year'), [
      [['2026', 6]],
      [
        ['2025', 1],
        ['2026', 1],
      ],
    ])
  })

  t.test('keeps to a time, a supplier, a project, and an instant', async (t) => {
    const { report, suppliers, project, given } = await buildReports(t, some)
    const due = async (query: string) => ((await report(`supplier-performance?${query}`)).totals as Json).due
    t.equal(await due('from=2026-01-10&to=2026-01-20'), 2)
    t.equal(await due('from=2026-01-11'), 6)
    t.equal(await due(`supplierId=${String(suppliers.get('Bell'))}`), 2)
    t.equal(await due(`projectId=${project.id}`), 8)
    t.equal(await due(`projectId=${(await given.project()).id}`), 0)
    t.match(await report('supplier-performance?asOf=2026-06-30'), { totals: { overdue: 0 } })
    t.match(await report('supplier-performance?asOf=2026-07-02'), { totals: { overdue: 2 } })
  })

  t.test('does not judge what was completed nobody knows when', async (t) => {
    const { report, db } = await buildReports(t, some)
    await sql`update v2_supplier_task_instances set completedAt = null where status = 'completed'`.execute(
      db.writer,
    )
    t.match(await report('supplier-performance'), {
      totals: {
        completed: 5,
        completedUndated: 5,
        completedOnTime: 0,
        onTimeRate: 0,
        averageDelayDays: null,
      },
    })
  })

  t.test('refuses what makes no sense', async (t) => {
    const { api } = await build(t)
    const refusedAt = async (query: string) => {
      const { status, body } = await api.get(`reports/supplier-performance?${query}`)
      return [status, (body.errors as { path: string }[])[0]?.path]
    }
    t.strictSame(await refusedAt('from=2026-02-01&to=2026-01-01'), [400, '?to'])
    t.strictSame(await refusedAt('period=week'), [400, '?period'])
    t.strictSame(await refusedAt('from=soon'), [400, '?from'])
    t.match((await api.get('reports/supplier-performance')).body, {
      totals: { due: 0, onTimeRate: null },
      suppliers: [],
    })
  })
})

const figures = (
  counts: { due: number; completed?: number; completedOnTime?: number; overdue?: number },
  onTimeRate: number | null,
  averageDelayDays: number | null,
) => ({
  completed: 0,
  completedOnTime: 0,
  completedUndated: 0,
  overdue: 0,
  ...counts,
  onTimeRate,
  averageDelayDays,
})

const late: readonly Given[] = [
  { supplier: 'Abel', due: '2026-06-30' },
  { supplier: 'Abel', due: '2026-06-24' },
  { supplier: 'Abel', due: '2026-06-01', fields: { actualDueDate: '2026-08-01' } },
  { supplier: 'Abel', due: '2026-05-01', after: 0 },
  { supplier: 'Bell', due: '2026-04-01', fields: { status: 'blocked' } },
  { supplier: 'Bell', due: '2026-07-01' },
]

t.test('what is overdue', async (t) => {
  t.test('is told by supplier and project, the longest first', async (t) => {
    const { report, suppliers, project, clock } = await buildReports(t, late)
    clock.now += DAY_MS / 2
    const of = (supplier: string) => ({
      supplierId: suppliers.get(supplier),
      supplierName: supplier,
      projectId: project.id,
      projectName: 'Model A',
    })
    t.strictSame(await report('overdue'), {
      asOf: '2026-07-01T12:00:00.000Z',
      totals: {
        overdue: 4,
        oldestDueDate: '2026-04-01T00:00:00.000Z',
        longestDaysOverdue: 91,
        averageDaysOverdue: 24.75,
        byAge: { under7Days: 2, under30Days: 1, from30Days: 1 },
      },
      items: [
        {
          ...of('Bell'),
          overdue: 2,
          oldestDueDate: '2026-04-01T00:00:00.000Z',
          longestDaysOverdue: 91,
          averageDaysOverdue: 45.5,
          byAge: { under7Days: 1, under30Days: 0, from30Days: 1 },
        },
        {
          ...of('Abel'),
          overdue: 2,
          oldestDueDate: '2026-06-24T00:00:00.000Z',
          longestDaysOverdue: 7,
          averageDaysOverdue: 4,
          byAge: { under7Days: 1, under30Days: 1, from30Days: 0 },
        },
      ],
    })
  })

  t.test('agrees with the dashboard and the list, at any instant', async (t) => {
    const { report, api } = await buildReports(t, late)
    for (const asOf of ['2026-04-01', '2026-06-25', '2026-07-01', '2027-01-01']) {
      const { overdue } = (await report(`overdue?asOf=${asOf}`)).totals as Json
      t.match((await api.get(`dashboard?asOf=${asOf}`)).body, { totals: { overdue } }, asOf)
      const listed = (await api.get(`supplier-task-instances?overdue=true&asOf=${asOf}`)).body.items as Json[]
      t.equal(listed.length, overdue, asOf)
    }
  })

  t.test('keeps to a supplier', async (t) => {
    const { report, suppliers } = await buildReports(t, late)
    t.match(await report(`overdue?supplierId=${String(suppliers.get('Abel'))}`), { totals: { overdue: 2 } })
    t.match(await report('overdue?supplierId=none'), {
      totals: { overdue: 0, oldestDueDate: null },
      items: [],
    })
  })
})
