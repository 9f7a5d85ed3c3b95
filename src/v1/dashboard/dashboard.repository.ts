import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { DashboardCountRow } from '../../kernel/dashboard.js'
import {
  effectiveDueDate,
  isApplied,
  isDueNext7Days,
  isOverdue,
  legacyEffectiveDueDate,
} from '../due-dates.js'
import { legacyTable } from '../legacy/legacy-tables.js'
import type { V1Tables } from '../tables.js'

/** The applied instances of one parent, counted. */
export interface ParentCounts extends DashboardCountRow {
  parentId: string
}

const counts = (due: RawBuilder<number | null>, asOf: number) => sql`
  count(*) as instances,
  sum(status = 'not_started') as not_started,
  sum(status = 'in_progress') as in_progress,
  sum(status = 'completed') as completed,
  sum(status = 'blocked') as blocked,
  sum(status = 'cancelled') as cancelled,
  sum(${isOverdue(due, asOf)}) as overdue,
  sum(${isDueNext7Days(due, asOf)}) as dueNext7Days`

/** `not indexed`: the index on the parent meets a million rows in random order, at twice the time of sorting. */
export async function countInstancesBy(
  db: Kysely<V1Tables>,
  parent: 'supplierProjectInstanceId' | 'projectMilestoneTaskId',
  asOf: number,
): Promise<ParentCounts[]> {
  const { rows } = await sql<ParentCounts>`
    select ${sql.ref(parent)} as parentId, ${counts(effectiveDueDate, asOf)}
    from supplier_task_instances not indexed
    where ${isApplied}
    group by 1
  `.execute(db)
  return rows
}

/** By legacy assignment. All of them are applied. */
export async function countLegacyInstances(
  db: Kysely<V1Tables>,
  suffix: '_old' | '',
  asOf: number,
): Promise<ParentCounts[]> {
  const { rows } = await sql<ParentCounts>`
    select supplierProjectId as parentId, ${counts(legacyEffectiveDueDate, asOf)}
    from ${sql.table(legacyTable('task_instances', suffix))} as instance
    left join ${sql.table(legacyTable('task_templates', suffix))} as template on template.id = instance.taskTemplateId
    group by 1
  `.execute(db)
  return rows
}

/** Whether the active model holds any instance, applied or not. */
export async function hasInstances(db: Kysely<V1Tables>): Promise<boolean> {
  const row = await db.selectFrom('supplier_task_instances').select('id').limit(1).executeTakeFirst()
  return row !== undefined
}

export const listAssignments = (
  db: Kysely<V1Tables>,
  table: 'supplier_project_instances' | 'supplier_projects_old',
) => db.selectFrom(table).select(['id', 'supplierId', 'projectId']).execute()

export const listMilestoneOfTemplates = (db: Kysely<V1Tables>) =>
  db.selectFrom('project_milestone_tasks').select(['id', 'milestoneId']).execute()

export const listSuppliersByName = (db: Kysely<V1Tables>) =>
  db.selectFrom('suppliers').select(['id', 'name']).orderBy('name').orderBy('id').execute()

export const listProjectsByName = (db: Kysely<V1Tables>) =>
  db.selectFrom('projects').select(['id', 'name']).orderBy('name').orderBy('id').execute()

export const listMilestonesByName = (db: Kysely<V1Tables>) =>
  db
    .selectFrom('milestones')
    .select(['id', 'code', 'name', 'taskTypeId'])
    .orderBy('name')
    .orderBy('id')
    .execute()
