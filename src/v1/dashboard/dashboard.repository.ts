import { sql, type Kysely } from 'kysely'
import { countInstances } from '../../v2/dashboard/count-instances.js'
import {
  effectiveDueDate,
  isApplied,
  isDueNext7Days,
  isOverdue,
  legacyEffectiveDueDate,
} from '../due-dates.js'
import { legacyTable } from '../legacy/legacy-tables.js'
import type { V1Tables } from '../tables.js'

/** `not indexed`: an index on the assignment would meet the rows in random order. */
export const countAppliedInstances = (db: Kysely<V1Tables>, asOf: number) =>
  countInstances(db, {
    table: sql`supplier_task_instances not indexed`,
    isApplied,
    isOverdue: isOverdue(effectiveDueDate, asOf),
    isDueNext7Days: isDueNext7Days(effectiveDueDate, asOf),
    assignment: 'supplierProjectInstanceId',
    assignments: 'supplier_project_instances',
    parts: {
      template: 'projectMilestoneTaskId',
      templates: 'project_milestone_tasks',
      column: 'milestoneId',
      table: 'milestones',
    },
  })

/** All of them are applied, and under no milestone. */
export const countLegacyInstances = (db: Kysely<V1Tables>, suffix: '_old' | '', asOf: number) =>
  countInstances(db, {
    table: sql`${sql.table(legacyTable('task_instances', suffix))} as instance
      left join ${sql.table(legacyTable('task_templates', suffix))} as template on template.id = instance.taskTemplateId`,
    isApplied: sql`1`,
    isOverdue: isOverdue(legacyEffectiveDueDate, asOf),
    isDueNext7Days: isDueNext7Days(legacyEffectiveDueDate, asOf),
    assignment: 'supplierProjectId',
    assignments: legacyTable('supplier_projects', suffix),
  })

/** Whether the active model holds any instance, applied or not. */
export async function hasInstances(db: Kysely<V1Tables>): Promise<boolean> {
  const row = await db.selectFrom('supplier_task_instances').select('id').limit(1).executeTakeFirst()
  return row !== undefined
}

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
