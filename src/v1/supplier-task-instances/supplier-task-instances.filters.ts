import { Type, type Static } from '@sinclair/typebox'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import { fromWire, type Stored } from '../../http/wire.js'
import { effectiveDueDate, isApplied, isOverdue } from '../due-dates.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { SupplierTaskInstanceFilters } from './supplier-task-instances.schemas.js'

const filterSchema = Type.Object(SupplierTaskInstanceFilters)

export type Filters = Static<typeof filterSchema>

/** Of any instance, applied or not. */
export const isOverdueAt = (now: number) => sql<0 | 1>`(${isApplied} and ${isOverdue(effectiveDueDate, now)})`

const conditionsAt = (now: number): Conditions<Stored<Filters>> => ({
  supplierId: (id) => ofAssignments(sql`supplierId = ${id}`),
  projectId: (id) => ofAssignments(sql`projectId = ${id}`),
  taskTypeId: (id) => ofTemplates(sql`milestoneId in (select id from milestones where taskTypeId = ${id})`),
  milestoneId: (id) => ofTemplates(sql`milestoneId = ${id}`),
  taskId: (id) => ofTemplates(sql`taskId = ${id}`),
  projectMilestoneTaskId: equals('projectMilestoneTaskId'),
  supplierProjectInstanceId: equals('supplierProjectInstanceId'),
  status: equals('status'),
  isApplied: (applied) => sql`${isApplied} = ${applied}`,
  overdue: (overdue) => sql`${isOverdueAt(now)} = ${overdue}`,
  dueFrom: (instant) => sql`${effectiveDueDate} >= ${instant}`,
  dueTo: (instant) => sql`${effectiveDueDate} <= ${instant}`,
})

export const onInstancePage = (page: PageRequest, filters: Filters, now: number) =>
  onPage(page, conditionsAt(now), fromWire(filterSchema, filters))

const ofAssignments = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`supplierProjectInstanceId in (select id from supplier_project_instances where ${condition})`

const ofTemplates = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`projectMilestoneTaskId in (select id from project_milestone_tasks where ${condition})`
