import { sql, type Expression, type Kysely, type SqlBool, type Transaction } from 'kysely'
import { matching } from '../list-conditions.js'
import type { Flag, V2Tables } from '../tables.js'
import { templateConditions, type Filters } from './project-task-templates.repository.js'

/** Every template that the filters leave, ordered by id: what a plan needs of it. */
export const listScheduled = (db: Kysely<V2Tables>, filters: Filters & { family?: string }) =>
  db
    .selectFrom('v2_project_task_templates')
    .select(['id', 'projectId', 'taskId', 'dueDate', 'anchor', 'offsetDays'])
    .select([parentTemplateId.as('parentTemplateId'), isTaskTypeOn.as('isTaskTypeOn')])
    .where(matching({ ...templateConditions, family: isFamilyOf }, filters))
    .orderBy('id')
    .execute()

/** Of the parent task, in the same project. */
const parentTemplateId = sql<string | null>`(select parent.id from v2_tasks as task
  join v2_project_task_templates as parent on parent.taskId = task.parentTaskId
  where task.id = v2_project_task_templates.taskId
    and parent.projectId = v2_project_task_templates.projectId)`

const isTaskTypeOn = sql<Flag>`exists (select 1 from v2_tasks as task
  join v2_project_task_types as used on used.taskTypeId = task.taskTypeId
  where task.id = v2_project_task_templates.taskId
    and used.projectId = v2_project_task_templates.projectId and used.isActive = 1)`

/** Of the task, or hanging on a template of the task in the same project. */
const isFamilyOf = (taskId: string) => sql<SqlBool>`(taskId = ${taskId} or anchor = 'relative_to_task'
  and taskId in (select id from v2_tasks where parentTaskId = ${taskId}) and ${parentTemplateId} is not null)`

/** Of the template that the project has of the task's parent; null where it has none. */
export async function findParentDueDate(
  db: Kysely<V2Tables>,
  { projectId, taskId }: { projectId: string; taskId: string },
): Promise<number | null> {
  const parent = await db
    .selectFrom('v2_tasks as task')
    .innerJoin('v2_project_task_templates as parent', 'parent.taskId', 'task.parentTaskId')
    .where('task.id', '=', taskId)
    .where('parent.projectId', '=', projectId)
    .select('parent.dueDate')
    .executeTakeFirst()
  return parent?.dueDate ?? null
}

/** Touches only templates whose offset is another one. */
export async function updateOffsets(
  trx: Transaction<V2Tables>,
  offsets: readonly { id: string; offsetDays: number | null }[],
  now: number,
) {
  const given = JSON.stringify(offsets.map(({ id, offsetDays }) => ({ id, offsetDays })))
  await sql`update v2_project_task_templates as template
    set offsetDays = given.value ->> 'offsetDays', updatedAt = ${now}
    from json_each(${given}) as given
    where template.id = given.value ->> 'id'
      and template.offsetDays is not given.value ->> 'offsetDays'`.execute(trx)
}

/** What hung on the task that its own was a sub-task of: from now on their dates are fixed. */
export async function unhangTemplates(trx: Transaction<V2Tables>, which: Expression<SqlBool>, now: number) {
  await trx
    .updateTable('v2_project_task_templates')
    .set({ anchor: null, offsetDays: null, updatedAt: now })
    .where('anchor', '=', 'relative_to_task')
    .where(which)
    .execute()
}
