import { Type } from '@sinclair/typebox'
import { DUE, ids } from '../../http/examples.js'
import { Id, Instant, Named, Nullable, StringEnum } from '../../http/schemas.js'
import { periods } from './supplier-performance.repository.js'

const Count = (description?: string) =>
  Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) })

const scope = {
  asOf: Type.Optional(Instant({ description: 'what is overdue then; default: now' })),
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
}

const figures = {
  due: Count('applied instances whose effective due date is in the time'),
  completed: Count('of these'),
  completedOnTime: Count('completed at the effective due date or earlier'),
  completedUndated: Count('completed without completedAt: neither on time nor late'),
  overdue: Count('of these, at asOf'),
  onTimeRate: Nullable(
    Type.Number({ description: 'completedOnTime / (completed - completedUndated + overdue); null: of none' }),
  ),
  averageDelayDays: Nullable(
    Type.Number({ description: 'of the dated completed ones; those on time count as 0; null: of none' }),
  ),
}

export const PerformanceQuery = Type.Object(
  {
    ...scope,
    from: Type.Optional(Instant({ description: 'effective due date at this instant or later' })),
    to: Type.Optional(Instant({ description: 'effective due date at this instant or earlier' })),
    period: Type.Optional(StringEnum(periods, { description: 'default: month' })),
  },
  { additionalProperties: false },
)

const performance = {
  due: 4,
  completed: 2,
  completedOnTime: 1,
  completedUndated: 0,
  overdue: 1,
  onTimeRate: 0.33,
  averageDelayDays: 1.5,
}

export const SupplierPerformance = Named(
  'SupplierPerformance',
  Type.Object({
    asOf: Instant(),
    period: StringEnum(periods),
    totals: Type.Object(figures),
    suppliers: Type.Array(
      Type.Object({
        supplierId: Id(),
        name: Type.String(),
        ...figures,
        periods: Type.Array(
          Type.Object({
            period: Nullable(Type.String({ description: 'in UTC: 2026-03, 2026-Q1 or 2026' })),
            ...figures,
          }),
        ),
      }),
      { description: 'those that have something due, by name' },
    ),
  }),
  {
    asOf: '2026-03-10T00:00:00.000Z',
    period: 'month',
    totals: performance,
    suppliers: [
      {
        supplierId: ids.supplier,
        name: 'Acme Castings',
        ...performance,
        periods: [{ period: '2026-03', ...performance }],
      },
    ],
  },
)

export const OverdueQuery = Type.Object(scope, { additionalProperties: false })

const overdueFigures = {
  overdue: Count(),
  oldestDueDate: Nullable(Instant({ description: 'effective due date' })),
  longestDaysOverdue: Count('full days'),
  averageDaysOverdue: Type.Number({ description: 'of full days' }),
  byAge: Type.Object({ under7Days: Count(), under30Days: Count('7 days or more'), from30Days: Count() }),
}

export const OverdueRow = Type.Object({
  supplierId: Id(),
  supplierName: Type.String(),
  projectId: Id(),
  projectName: Type.String(),
  ...overdueFigures,
})

export const OverdueTotals = Type.Object(overdueFigures)

const overdueExample = {
  overdue: 2,
  oldestDueDate: DUE,
  longestDaysOverdue: 8,
  averageDaysOverdue: 6.5,
  byAge: { under7Days: 1, under30Days: 1, from30Days: 0 },
}

export const OverdueReport = Named(
  'OverdueReport',
  Type.Object({
    asOf: Instant(),
    totals: OverdueTotals,
    items: Type.Array(OverdueRow, { description: 'a supplier in a project; the longest overdue first' }),
  }),
  {
    asOf: '2026-03-10T00:00:00.000Z',
    totals: overdueExample,
    items: [
      {
        supplierId: ids.supplier,
        supplierName: 'Acme Castings',
        projectId: ids.project,
        projectName: 'Falcon',
        ...overdueExample,
      },
    ],
  },
)
