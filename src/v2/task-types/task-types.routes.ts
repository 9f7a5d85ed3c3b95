import { defineResource } from '../../http/resource.js'
import type { V2Tables } from '../tables.js'
import {
  deleteTaskType,
  findTaskType,
  insertTaskType,
  listTaskTypes,
  updateTaskType,
} from './task-types.repository.js'
import { CreateTaskType, PatchTaskType, TaskType, TaskTypeFilters } from './task-types.schemas.js'

export const taskTypes = defineResource<V2Tables>()({
  path: 'task-types',
  name: 'TaskType',
  plural: 'TaskTypes',
  noun: 'task type',
  item: TaskType,
  create: CreateTaskType,
  patch: PatchTaskType,
  filters: TaskTypeFilters,
  list: listTaskTypes,
  find: findTaskType,
  insert: insertTaskType,
  update: updateTaskType,
  remove: deleteTaskType,
})
