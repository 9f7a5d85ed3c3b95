import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type SqlBool, type Transaction } from 'kysely'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import { unhangTemplates } from '../project-task-templates/scheduled-templates.repository.js'
import { getReferred } from '../references.js'
import { nextSequence, tasksAt } from '../sibling-order/sibling-order.repository.js'
import type { TasksTable, V2Tables } from '../tables.js'
import { placeTask } from './place-task.js'
import type { CreateTask, PatchTask, TaskFilters } from './tasks.schemas.js'

type Filters = Static<TObject<typeof TaskFilters>>

const conditions: Conditions<Filters> = {
  taskTypeId: equals('taskTypeId'),
  sectionId: equals('sectionId'),
  parentTaskId: equals('parentTaskId'),
}

export const listTasks = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  db
    .selectFrom('v2_tasks')
    .selectAll()
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findTask = (db: Kysely<V2Tables>, id: string) =>
  db.selectFrom('v2_tasks').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertTask(trx: Transaction<V2Tables>, values: Values<typeof CreateTask>, now: number) {
  const { taskTypeId } = values
  await getReferred(trx, 'task_types', taskTypeId, '/taskTypeId')
  const place = await placeTask(trx, { taskTypeId, sectionId: null, parentTaskId: null }, values)
  const sequence = values.sequence ?? (await nextSequence(trx, tasksAt({ taskTypeId, ...place })))
  const id = newId(now)
  const defaults = {
    description: null,
    defaultOwner: null,
    defaultNotes: null,
    isRequired: 1,
  } as const
  await trx
    .insertInto('v2_tasks')
    .values({ ...defaults, ...values, ...place, sequence, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

const changeable = [
  ...(['name', 'description', 'sequence'] as const),
  ...(['defaultOwner', 'defaultNotes', 'isRequired'] as const),
]
type Changes = Pick<TasksTable, (typeof changeable)[number]>

/**
 * Sub-tasks, and the templates of both, go along to another section. A template that hung on the parent
 * has a fixed date once the task has another parent, or none.
 */
export async function updateTask(
  trx: Transaction<V2Tables>,
  task: TasksTable,
  values: Values<typeof PatchTask>,
  now: number,
) {
  const place = await placeTask(trx, task, values)
  const { sectionId: _section, parentTaskId: _parent, ...changes } = values
  await trx
    .updateTable('v2_tasks')
    .set({ ...place, ...setGiven<Changes>(changeable, changes), updatedAt: now })
    .where('id', '=', task.id)
    .execute()
  if (place.parentTaskId !== task.parentTaskId)
    await unhangTemplates(trx, sql<SqlBool>`taskId = ${task.id}`, now)
  if (place.sectionId === task.sectionId) return
  await moveSubTasks(trx, task.id, place.sectionId, now)
  await moveTemplates(trx, task.id, place.sectionId, now)
}

async function moveSubTasks(trx: Transaction<V2Tables>, id: string, sectionId: string | null, now: number) {
  await trx
    .updateTable('v2_tasks')
    .set({ sectionId, updatedAt: now })
    .where('parentTaskId', '=', id)
    .execute()
}

async function moveTemplates(trx: Transaction<V2Tables>, id: string, sectionId: string | null, now: number) {
  await trx
    .updateTable('v2_project_task_templates')
    .set({ sectionId, updatedAt: now })
    .where('taskId', 'in', (query) =>
      query
        .selectFrom('v2_tasks')
        .select('id')
        .where((task) => task.or({ id, parentTaskId: id })),
    )
    .execute()
}

/** Its sub-tasks, templates and their instances go with the task. */
export async function deleteTask(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('v2_tasks').where('id', '=', id).execute()
}
