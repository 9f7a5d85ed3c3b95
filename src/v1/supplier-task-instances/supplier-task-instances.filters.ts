import { Type, type Static } from '@sinclair/typebox'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import { fromWire, type Stored } from '../../http/wire.js'
import { effectiveDueDate, isApplied, isOverdue } from '../due-dates.js'
import { contains } from '../../v2/contains.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { SupplierTaskInstanceFilters } from './supplier-task-instances.schemas.js'

const filterSchema = Type.Object(SupplierTaskInstanceFilters)

export type Filters = Static<typeof filterSchema>

/** Of any instance, applied or not. */
export const isOverdueAt = (asOf: number) =>
  sql<0 | 1>`(${isApplied} and ${isOverdue(effectiveDueDate, asOf)})`

type Narrowing = Omit<Stored<Filters>, 'asOf'>

interface Looked {
  asOf: number
  /** Whether rows are found faster by their ids than by an index on their status. */
  isStatusCommon: boolean
}

const conditionsAt = ({ asOf, isStatusCommon }: Looked): Conditions<Narrowing> => ({
  supplierId: (id) => ofAssignments(sql`supplierId = ${id}`),
  projectId: (id) => ofAssignments(sql`projectId = ${id}`),
  taskTypeId: (id) => ofTemplates(sql`milestoneId in (select id from milestones where taskTypeId = ${id})`),
  milestoneId: (id) => ofTemplates(sql`milestoneId = ${id}`),
  taskId: (id) => ofTemplates(sql`taskId = ${id}`),
  projectMilestoneTaskId: equals('projectMilestoneTaskId'),
  supplierProjectInstanceId: equals('supplierProjectInstanceId'),
  // The plus keeps SQLite from using the index.
  status: (statuses) => sql`${sql.raw(isStatusCommon ? '+' : '')}status in (${sql.join(statuses)})`,
  isApplied: (applied) => sql`${isApplied} = ${applied}`,
  overdue: (overdue) => sql`${isOverdueAt(asOf)} = ${overdue}`,
  blocked: (blocked) => sql`(${isApplied} and status = 'blocked') = ${blocked}`,
  dueFrom: (instant) => sql`${effectiveDueDate} >= ${instant}`,
  dueTo: (instant) => sql`${effectiveDueDate} <= ${instant}`,
  search: (text) => sql`(${contains('notes', text)} or ${isNamed(text)})`,
})

export const asOfOf = (filters: Filters, now: number): number => fromWire(filterSchema, filters).asOf ?? now

export const onInstancePage = (page: PageRequest, filters: Filters, looked: Looked) =>
  onPage(page, conditionsAt(looked), fromWire(filterSchema, filters))

/** One of the names that an instance is known by has the text in it. */
const isNamed = (text: string) => {
  const named = (table: string) => sql`(select id from ${sql.table(table)} where ${contains('name', text)})`
  const assignments = sql`supplierId in ${named('suppliers')} or projectId in ${named('projects')}`
  const templates = sql`taskId in ${named('tasks')} or milestoneId in ${named('milestones')}`
  return sql`${ofAssignments(assignments)} or ${ofTemplates(templates)}`
}

const ofAssignments = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`supplierProjectInstanceId in (select id from supplier_project_instances where ${condition})`

const ofTemplates = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`projectMilestoneTaskId in (select id from project_milestone_tasks where ${condition})`
