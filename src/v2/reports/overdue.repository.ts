import { sql, type Kysely } from 'kysely'
import { DAY_MS } from '../../kernel/due-date.js'
import { isOverdue } from '../instance-conditions.js'
import type { V2Tables } from '../tables.js'
import { inScope, type Scope } from './supplier-performance.repository.js'

/** What is overdue of one supplier in one project. Days are full days. */
export interface OverdueRow {
  supplierId: string
  supplierName: string
  projectId: string
  projectName: string
  overdue: number
  oldestDueDate: number
  longestDaysOverdue: number
  totalDaysOverdue: number
  under7Days: number
  under30Days: number
}

/** The longest overdue first. */
export async function listOverdue(db: Kysely<V2Tables>, scope: Scope): Promise<OverdueRow[]> {
  const days = sql`cast((${scope.asOf} - effectiveDueDate) / ${sql.lit(DAY_MS)} as integer)`
  const counted = sql`select supplierProjectInstanceId as assignmentId, count(*) as overdue,
      min(effectiveDueDate) as oldestDueDate, max(${days}) as longestDaysOverdue, sum(${days}) as totalDaysOverdue,
      sum(${days} < 7) as under7Days, sum(${days} between 7 and 29) as under30Days
    from v2_supplier_task_instances not indexed
    where ${isOverdue(scope.asOf)} and ${inScope('supplierProjectInstanceId', scope)}
    group by supplierProjectInstanceId`
  const query = sql<OverdueRow>`select supplierId, supplier.name as supplierName, projectId,
      project.name as projectName, counts.*
    from (${counted}) as counts join supplier_project_instances as assignment on assignment.id = counts.assignmentId
    join suppliers as supplier on supplier.id = supplierId join projects as project on project.id = projectId
    order by oldestDueDate, supplierName, projectName`
  return (await query.execute(db)).rows
}
