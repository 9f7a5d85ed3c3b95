import { sql, type Kysely } from 'kysely'
import { isDueNext7Days, isOverdue } from '../instance-conditions.js'
import type { V2Tables } from '../tables.js'
import { countInstances } from './count-instances.js'

/** `not indexed`: an index on the assignment would meet the rows in random order. */
export const countAppliedInstances = (db: Kysely<V2Tables>, asOf: number) =>
  countInstances(db, {
    table: sql`v2_supplier_task_instances not indexed`,
    isApplied: sql`isApplied = 1`,
    isOverdue: isOverdue(asOf),
    isDueNext7Days: isDueNext7Days(asOf),
    assignment: 'supplierProjectInstanceId',
    assignments: 'supplier_project_instances',
    parts: {
      template: 'projectTaskTemplateId',
      templates: 'v2_project_task_templates',
      column: 'sectionId',
      table: 'v2_task_type_sections',
    },
  })

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
