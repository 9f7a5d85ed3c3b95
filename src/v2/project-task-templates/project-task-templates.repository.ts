import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type Transaction } from 'kysely'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { DAY_MS } from '../../kernel/due-date.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import type { ProjectTaskTemplatesTable, TasksTable, V2Tables } from '../tables.js'
import type { CreateTemplate, PatchTemplate, TemplateFilters } from './project-task-templates.schemas.js'

export type Filters = Static<TObject<typeof TemplateFilters>>

export const templateConditions: Conditions<Filters> = {
  projectId: equals('projectId'),
  taskId: equals('taskId'),
  taskTypeId: (id) => sql`taskId in (select id from v2_tasks where taskTypeId = ${id})`,
  sectionId: equals('sectionId'),
  isActive: (isActive) => sql`isActive = ${isActive ? 1 : 0}`,
}

const rows = (db: Kysely<V2Tables>) =>
  db.selectFrom('v2_project_task_templates').selectAll().select(anchorDate.as('anchorDate'))

/** Midnight UTC of the day that the due date is counted from. */
const anchorDate = sql<number | null>`case when anchor is not null
  then (dueDate / ${sql.lit(DAY_MS)} - offsetDays) * ${sql.lit(DAY_MS)} end`

export const listTemplates = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, templateConditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findTemplate = (db: Kysely<V2Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

/** The type's tasks and sub-tasks, each with the due date of the template that the project has of it. */
export const listTasksForProject = (db: Kysely<V2Tables>, taskTypeId: string, projectId: string) =>
  db
    .selectFrom('v2_tasks as task')
    .leftJoin('v2_project_task_templates as template', (join) =>
      join.onRef('template.taskId', '=', 'task.id').on('template.projectId', '=', projectId),
    )
    .where('task.taskTypeId', '=', taskTypeId)
    .selectAll('task')
    .select('template.dueDate as templateDueDate')
    .orderBy('task.sequence')
    .orderBy('task.id')
    .execute()

/** The template of a task: its section is the task's, and what is not given is the task's default. */
export async function insertTemplate(
  trx: Transaction<V2Tables>,
  task: Pick<TasksTable, 'sectionId' | 'defaultOwner' | 'defaultNotes'>,
  values: Values<typeof CreateTemplate>,
  now: number,
) {
  const id = newId(now)
  const { sectionId, defaultOwner: owner, defaultNotes: notes } = task
  const defaults = { owner, notes, isActive: 1, anchor: null, offsetDays: null } as const
  await trx
    .insertInto('v2_project_task_templates')
    .values({ ...defaults, ...values, id, sectionId, createdAt: now, updatedAt: now })
    .execute()
  return id
}

/** All but the due date: only a move changes that. */
const changeable = ['owner', 'notes', 'isActive', 'anchor', 'offsetDays'] as const
type Changes = Pick<ProjectTaskTemplatesTable, (typeof changeable)[number]>

export async function updateTemplate(
  trx: Transaction<V2Tables>,
  id: string,
  values: Omit<Values<typeof PatchTemplate>, 'dueDate' | 'scope' | 'dryRun'>,
  now: number,
) {
  await trx
    .updateTable('v2_project_task_templates')
    .set({ ...setGiven<Changes>(changeable, values), updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its instances go with the template. */
export async function deleteTemplate(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('v2_project_task_templates').where('id', '=', id).execute()
}
