import { Type, type Static } from '@sinclair/typebox'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Stored } from '../../http/wire.js'
import { contains } from '../contains.js'
import { isBlocked, isOverdue } from '../instance-conditions.js'
import { equals, type Conditions } from '../list-conditions.js'
import type { Named } from './find-named.js'
import { InstanceFilters } from './supplier-task-instances.schemas.js'

export const filterSchema = Type.Object(InstanceFilters)

export type Filters = Static<typeof filterSchema>

type Narrowing = Omit<Stored<Filters>, 'asOf'>

const byAssignment = (column: string) => (id: string) => ofAssignments(sql`${sql.ref(column)} = ${id}`)

const byTemplate = (column: string) => (id: string) => ofTemplates(sql`${sql.ref(column)} = ${id}`)

const isOneOf = (column: string, ids: string) =>
  sql`${sql.ref(column)} in (select value from json_each(${ids}))`

const ofAssignments = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`supplierProjectInstanceId in (select id from supplier_project_instances where ${condition})`

const ofTemplates = (condition: RawBuilder<unknown>) =>
  sql<SqlBool>`projectTaskTemplateId in (select id from v2_project_task_templates where ${condition})`

/** Each leads by an index to its rows, which are few enough to be sorted. */
const scopes = {
  supplierId: byAssignment('supplierId'),
  projectId: byAssignment('projectId'),
  taskId: byTemplate('taskId'),
  projectTaskTemplateId: equals('projectTaskTemplateId'),
  supplierProjectInstanceId: equals('supplierProjectInstanceId'),
}

export const isScoped = (filters: Filters): boolean =>
  (Object.keys(scopes) as (keyof typeof scopes)[]).some((scope) => filters[scope] !== undefined)

/**
 * @param asOf epoch milliseconds: what is overdue then
 * @param named what `findNamed` gives for the filters' search
 */
export const conditions = (asOf: number, named: Named): Conditions<Narrowing> => ({
  ...scopes,
  taskTypeId: (id) => ofTemplates(sql`taskId in (select id from v2_tasks where taskTypeId = ${id})`),
  sectionId: byTemplate('sectionId'),
  status: (statuses) => sql`status in (${sql.join(statuses)})`,
  isApplied: equals('isApplied'),
  overdue: (overdue) => sql`${isOverdue(asOf)} = ${overdue}`,
  blocked: (blocked) => sql`${isBlocked} = ${blocked}`,
  dueFrom: (instant) => sql`effectiveDueDate >= ${instant}`,
  dueTo: (instant) => sql`effectiveDueDate <= ${instant}`,
  search: (
    text,
  ) => sql`(${contains('notes', text)} or ${isOneOf('supplierProjectInstanceId', named.assignments)}
    or ${isOneOf('projectTaskTemplateId', named.templates)})`,
})

/** What the filters say of the column that the table is walked by: the walk keeps to it. */
export function rangeOf(by: string, { status, dueFrom, dueTo, overdue }: Narrowing, asOf: number) {
  const [only, ...others] = status ?? []
  if (by === 'id' || by === 'status')
    return only === undefined || others.length > 0 ? everything : sql<SqlBool>`i.status = ${only}`
  if (by !== 'effectiveDueDate') return everything
  const until = Math.min(dueTo ?? Infinity, overdue === 1 ? asOf : Infinity)
  return sql<SqlBool>`i.effectiveDueDate between ${dueFrom ?? -Infinity} and ${until}`
}

const everything = sql<SqlBool>`1`
