import { defineResource } from '../../http/resource.js'
import type { V1Tables } from '../tables.js'
import { deleteTask, findTask, insertTask, listTasks, updateTask } from './tasks.repository.js'
import { CreateTask, PatchTask, Task, TaskFilters } from './tasks.schemas.js'

export const tasks = defineResource<V1Tables>()({
  path: 'tasks',
  name: 'Task',
  plural: 'Tasks',
  noun: 'task',
  item: Task,
  create: CreateTask,
  patch: PatchTask,
  filters: TaskFilters,
  list: listTasks,
  find: findTask,
  insert: insertTask,
  update: updateTask,
  remove: deleteTask,
})
