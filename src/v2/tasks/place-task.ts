import type { Transaction } from 'kysely'
import { invalidInput } from '../../kernel/problem.js'
import { getReferred } from '../references.js'
import type { V2Tables } from '../tables.js'

/** Where a task stands in its task type. */
export interface Place {
  sectionId: string | null
  parentTaskId: string | null
}

/** What is asked of the place; a field left out was not asked for. */
export type PlaceChange = { [Name in keyof Place]?: Place[Name] }

/** The task to place; without an id it is a new one. */
interface Placeable extends Place {
  id?: string
  taskTypeId: string
}

const refused = (path: string, message: string) => invalidInput([{ path, message }])

/**
 * The place that the task gets. Sub-tasks have one level, and are in the section of their parent.
 *
 * @throws Problem `invalid-input`
 */
export async function placeTask(
  trx: Transaction<V2Tables>,
  task: Placeable,
  change: PlaceChange,
): Promise<Place> {
  const parentTaskId = change.parentTaskId === undefined ? task.parentTaskId : change.parentTaskId
  if (parentTaskId === null) return { parentTaskId, sectionId: await sectionOfTopTask(trx, task, change) }
  const sectionId = await sectionUnder(trx, task, parentTaskId)
  if (change.sectionId !== undefined && change.sectionId !== sectionId)
    throw refused('/sectionId', `must be left out: a sub-task is in the section of its parent`)
  return { parentTaskId, sectionId }
}

async function sectionOfTopTask(trx: Transaction<V2Tables>, task: Placeable, change: PlaceChange) {
  const sectionId = change.sectionId === undefined ? task.sectionId : change.sectionId
  if (sectionId === null) return null
  const section = await getReferred(trx, 'v2_task_type_sections', sectionId, '/sectionId')
  if (section.taskTypeId !== task.taskTypeId)
    throw refused('/sectionId', 'must be a section of the same task type')
  return sectionId
}

async function sectionUnder(trx: Transaction<V2Tables>, task: Placeable, parentTaskId: string) {
  const path = '/parentTaskId'
  const parent = await getReferred(trx, 'v2_tasks', parentTaskId, path)
  if (parent.id === task.id) throw refused(path, 'must be another task')
  if (parent.taskTypeId !== task.taskTypeId) throw refused(path, 'must be a task of the same task type')
  if (parent.parentTaskId !== null) throw refused(path, 'must be a task that has no parent itself')
  if (task.id !== undefined && (await hasSubTasks(trx, task.id)))
    throw refused(path, 'must be null: the task has sub-tasks')
  return parent.sectionId
}

const hasSubTasks = async (trx: Transaction<V2Tables>, id: string) =>
  (await trx.selectFrom('v2_tasks').select('id').where('parentTaskId', '=', id).executeTakeFirst()) !==
  undefined
