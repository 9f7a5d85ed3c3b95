import type { Kysely } from 'kysely'
import type { SectionsTable, TasksTable, V2Tables } from '../tables.js'

export type TaskNode = TasksTable & { subTasks: TasksTable[] }

/** All of it is ordered by sequence, then name, then id. */
export interface TaskTypeTree {
  sections: (SectionsTable & { tasks: TaskNode[] })[]
  tasksWithoutSection: TaskNode[]
}

/** Call on a snapshot. A sub-task stands under its parent. */
export async function readTree(db: Kysely<V2Tables>, taskTypeId: string): Promise<TaskTypeTree> {
  const sections = await sectionsInOrder(db, taskTypeId)
  const nodes = asNodes(await tasksInOrder(db, taskTypeId))
  const inSection = (id: string | null) => nodes.filter(({ sectionId }) => sectionId === id)
  return {
    sections: sections.map((section) => ({ ...section, tasks: inSection(section.id) })),
    tasksWithoutSection: inSection(null),
  }
}

function asNodes(tasks: TasksTable[]): TaskNode[] {
  const nodes = tasks
    .filter(({ parentTaskId }) => parentTaskId === null)
    .map((task): TaskNode => ({ ...task, subTasks: [] }))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const task of tasks) byId.get(task.parentTaskId ?? '')?.subTasks.push(task)
  return nodes
}

const sectionsInOrder = (db: Kysely<V2Tables>, taskTypeId: string) =>
  db
    .selectFrom('v2_task_type_sections')
    .selectAll()
    .where('taskTypeId', '=', taskTypeId)
    .orderBy('sequence')
    .orderBy('name')
    .orderBy('id')
    .execute()

const tasksInOrder = (db: Kysely<V2Tables>, taskTypeId: string) =>
  db
    .selectFrom('v2_tasks')
    .selectAll()
    .where('taskTypeId', '=', taskTypeId)
    .orderBy('sequence')
    .orderBy('name')
    .orderBy('id')
    .execute()
