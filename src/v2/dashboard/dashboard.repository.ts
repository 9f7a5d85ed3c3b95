import { sql, type Kysely } from 'kysely'
import type { DashboardCountRow } from '../../kernel/dashboard.js'
import { instanceStatuses } from '../../kernel/instance-status.js'
import { isDueNext7Days, isOverdue } from '../instance-conditions.js'
import type { V2Tables } from '../tables.js'

/**
 * The applied instances, counted by one of their columns: one scan of the table. `not indexed`, as the
 * index on the column would meet the rows in random order.
 */
const countsBy = (column: string, asOf: number) => sql`
  select ${sql.ref(column)} as scopeId, count(*) as instances,
    ${sql.join(instanceStatuses.map((status) => sql`sum(status = ${sql.lit(status)}) as ${sql.ref(status)}`))},
    sum(${isOverdue(asOf)}) as overdue, sum(${isDueNext7Days(asOf)}) as dueNext7Days
  from v2_supplier_task_instances not indexed where isApplied = 1 group by ${sql.ref(column)}`

type CountsOfAssignment = DashboardCountRow & { supplierId: string; projectId: string }

export async function countByAssignment(db: Kysely<V2Tables>, asOf: number): Promise<CountsOfAssignment[]> {
  const counts = countsBy('supplierProjectInstanceId', asOf)
  const query = sql<CountsOfAssignment>`select counts.*, supplierId, projectId from (${counts}) as counts
    join supplier_project_instances as assignment on assignment.id = counts.scopeId`
  return (await query.execute(db)).rows
}

type CountsOfTemplate = DashboardCountRow & { sectionId: string | null }

export async function countByTemplate(db: Kysely<V2Tables>, asOf: number): Promise<CountsOfTemplate[]> {
  const counts = countsBy('projectTaskTemplateId', asOf)
  const query = sql<CountsOfTemplate>`select counts.*, sectionId from (${counts}) as counts
    join v2_project_task_templates as template on template.id = counts.scopeId`
  return (await query.execute(db)).rows
}

export const listSupplierNames = (db: Kysely<V2Tables>) =>
  db.selectFrom('suppliers').select(['id as supplierId', 'name']).orderBy('name').orderBy('id').execute()

export const listProjectNames = (db: Kysely<V2Tables>) =>
  db.selectFrom('projects').select(['id as projectId', 'name']).orderBy('name').orderBy('id').execute()

export const listSectionNames = (db: Kysely<V2Tables>) =>
  db
    .selectFrom('v2_task_type_sections')
    .select(['id as sectionId', 'name', 'taskTypeId'])
    .orderBy('name')
    .orderBy('id')
    .execute()
