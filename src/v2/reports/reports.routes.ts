import { readInThread } from '../../db/database.js'
import type { Context } from '../../http/resource.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import { invalidRequest } from '../../kernel/problem.js'
import type { V2Tables } from '../tables.js'
import { overdueReport } from './overdue.js'
import { listOverdue } from './overdue.repository.js'
import {
  OverdueQuery,
  OverdueReport,
  OverdueRow,
  OverdueTotals,
  PerformanceQuery,
  SupplierPerformance,
} from './reports.schemas.js'
import { performanceReport } from './supplier-performance.js'
import { listPerformance } from './supplier-performance.repository.js'

const tags = ['Reports']
const config = { group: 'dashboard' } as const

const performanceSchema = {
  operationId: 'getSupplierPerformance',
  summary: 'Tell how punctual suppliers are, by the time in which their tasks are due',
  description: 'By month, quarter or year of the agreed due date, in UTC.',
  tags,
  querystring: PerformanceQuery,
  response: { 200: SupplierPerformance },
}

const overdueSchema = {
  operationId: 'getOverdue',
  summary: 'Tell how much is overdue, and for how long, by supplier and project',
  description:
    'Applied instances whose agreed due date is over, and that are neither completed nor cancelled.',
  tags,
  querystring: OverdueQuery,
  response: { 200: OverdueReport },
}

export function reportRoutes(app: App, { db, now }: Context<V2Tables>): void {
  app.get('/reports/supplier-performance', { schema: performanceSchema, config }, async ({ query }) => {
    const { asOf = now(), period = 'month', ...scope } = fromWire(PerformanceQuery, query)
    if (scope.from !== undefined && scope.to !== undefined && scope.from > scope.to)
      throw invalidRequest([{ path: '?to', message: 'must not be before from' }])
    const rows = await readInThread(db, (trx) => listPerformance(trx, { asOf, ...scope }, period))
    return toWire(SupplierPerformance, { asOf, period, ...performanceReport(rows) })
  })

  app.get('/reports/overdue', { schema: overdueSchema, config }, async ({ query }) => {
    const { asOf = now(), ...scope } = fromWire(OverdueQuery, query)
    const { totals, items } = overdueReport(
      await readInThread(db, (trx) => listOverdue(trx, { asOf, ...scope })),
    )
    return toWire(OverdueReport, {
      asOf,
      totals: toWire(OverdueTotals, totals),
      items: items.map((row) => toWire(OverdueRow, row)),
    })
  })
}
