import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { isOverdue } from '../instance-conditions.js'
import type { V2Tables } from '../tables.js'

export const periods = ['month', 'quarter', 'year'] as const

export type Period = (typeof periods)[number]

/** Which instances a report is about. Instants are epoch milliseconds, both inclusive. */
export interface Scope {
  asOf: number
  from?: number | undefined
  to?: number | undefined
  supplierId?: string | undefined
  projectId?: string | undefined
}

/** The applied instances of a supplier that are due in a period, counted. */
export interface PerformanceRow {
  supplierId: string
  name: string
  period: string
  due: number
  completed: number
  /** Completed, but nobody knows when. */
  completedUndated: number
  completedOnTime: number
  overdue: number
  /** Milliseconds that the dated completed ones were late, in sum; early ones count as 0. */
  delay: number
}

const part = (format: string) => sql`strftime(${sql.lit(format)}, effectiveDueDate / 1000, 'unixepoch')`

/** In UTC: `2026-03`, `2026-Q1`, `2026`. */
const labels: Record<Period, RawBuilder<unknown>> = {
  month: part('%Y-%m'),
  quarter: sql`${part('%Y')} || '-Q' || ((${part('%m')} + 2) / 3)`,
  year: part('%Y'),
}

const isDone = sql<SqlBool>`status = 'completed'`

/** Ordered by name, then by period. */
export async function listPerformance(
  db: Kysely<V2Tables>,
  scope: Scope,
  period: Period,
): Promise<PerformanceRow[]> {
  // One scan of the table; what is grouped then is small.
  const counted = sql`select supplierProjectInstanceId as assignmentId, ${labels[period]} as period,
      count(*) as due, sum(${isDone}) as completed, sum(${isDone} and completedAt is null) as completedUndated,
      coalesce(sum(${isDone} and completedAt <= effectiveDueDate), 0) as completedOnTime,
      sum(${isOverdue(scope.asOf)}) as overdue,
      total(iif(${isDone}, max(0, completedAt - effectiveDueDate), 0)) as delay
    from v2_supplier_task_instances not indexed
    where isApplied = 1 and effectiveDueDate between ${scope.from ?? -Infinity} and ${scope.to ?? Infinity}
      and ${inScope('supplierProjectInstanceId', scope)}
    group by supplierProjectInstanceId, period`
  const query = sql<PerformanceRow>`select supplier.id as supplierId, supplier.name, period, sum(due) as due,
      sum(completed) as completed, sum(completedUndated) as completedUndated,
      sum(completedOnTime) as completedOnTime, sum(overdue) as overdue, total(delay) as delay
    from (${counted}) as counts join supplier_project_instances as assignment on assignment.id = counts.assignmentId
    join suppliers as supplier on supplier.id = assignment.supplierId
    group by supplier.id, period order by supplier.name, supplier.id, period`
  return (await query.execute(db)).rows
}

/** SQL that keeps to the assignments of the scope's supplier and project. */
export function inScope(column: string, { supplierId, projectId }: Scope): RawBuilder<SqlBool> {
  const conditions = [
    ...(supplierId === undefined ? [] : [sql`supplierId = ${supplierId}`]),
    ...(projectId === undefined ? [] : [sql`projectId = ${projectId}`]),
  ]
  if (conditions.length === 0) return sql<SqlBool>`1`
  return sql<SqlBool>`${sql.ref(column)} in
    (select id from supplier_project_instances where ${sql.join(conditions, sql` and `)})`
}
