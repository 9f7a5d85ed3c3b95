import { Type, type Static } from '@sinclair/typebox'
import { sql, type Kysely, type SqlBool } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import { fromWire, type Stored } from '../../http/wire.js'
import { isBlocked, isOverdue } from '../instance-conditions.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import type { V2Tables } from '../tables.js'
import { InstanceFilters } from './supplier-task-instances.schemas.js'

const filterSchema = Type.Object(InstanceFilters)

type Filters = Static<typeof filterSchema>

const byAssignment = (column: string) => (id: string) =>
  sql<SqlBool>`supplierProjectInstanceId in
    (select id from supplier_project_instances where ${sql.ref(column)} = ${id})`

const byTemplate = (column: string) => (id: string) =>
  sql<SqlBool>`projectTaskTemplateId in
    (select id from v2_project_task_templates where ${sql.ref(column)} = ${id})`

const conditions = (now: number): Conditions<Stored<Filters>> => ({
  supplierId: byAssignment('supplierId'),
  projectId: byAssignment('projectId'),
  taskTypeId: (id) => sql`projectTaskTemplateId in (select template.id from v2_tasks as task
    join v2_project_task_templates as template on template.taskId = task.id where task.taskTypeId = ${id})`,
  sectionId: byTemplate('sectionId'),
  taskId: byTemplate('taskId'),
  projectTaskTemplateId: equals('projectTaskTemplateId'),
  supplierProjectInstanceId: equals('supplierProjectInstanceId'),
  status: equals('status'),
  isApplied: equals('isApplied'),
  overdue: (overdue) => sql`${isOverdue(now)} = ${overdue}`,
  blocked: (blocked) => sql`${isBlocked} = ${blocked}`,
  dueFrom: (instant) => sql`effectiveDueDate >= ${instant}`,
  dueTo: (instant) => sql`effectiveDueDate <= ${instant}`,
})

export const selectInstances = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters, now: number) =>
  db
    .selectFrom('v2_supplier_task_instances')
    .selectAll()
    .where(onPage(page, conditions(now), fromWire(filterSchema, filters)))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
