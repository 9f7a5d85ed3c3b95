import { Type } from '@sinclair/typebox'
import { readSnapshot } from '../../db/database.js'
import { getRow, type Context } from '../../http/resource.js'
import { ids } from '../../http/examples.js'
import { exampleOf, IdParams, Named } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { Section } from '../sections/sections.schemas.js'
import type { V2Tables } from '../tables.js'
import { taskTypes } from '../task-types/task-types.routes.js'
import { TaskType } from '../task-types/task-types.schemas.js'
import { Task } from '../tasks/tasks.schemas.js'
import { readTree, type TaskNode } from './task-type-tree.repository.js'

const Node = Named('TaskWithSubTasks', Type.Composite([Task, Type.Object({ subTasks: Type.Array(Task) })]), {
  ...exampleOf(Task),
  subTasks: [
    { ...exampleOf(Task), id: ids.subTask, parentTaskId: ids.task, name: 'Second gage', sequence: 2 },
  ],
})

const Tree = Named(
  'TaskTypeTree',
  Type.Object({
    taskType: TaskType,
    sections: Type.Array(Type.Composite([Section, Type.Object({ tasks: Type.Array(Node) })])),
    tasksWithoutSection: Type.Array(Node),
  }),
  {
    taskType: exampleOf(TaskType),
    sections: [{ ...exampleOf(Section), tasks: [exampleOf(Node)] }],
    tasksWithoutSection: [],
  },
)

const schema = {
  operationId: 'getTaskTypeTree',
  summary: 'Get the sections, tasks and sub-tasks of a task type, in order',
  description: 'The whole catalogue entry at once, as one consistent view.',
  tags: ['TaskTypes'],
  params: IdParams,
  response: { 200: Tree },
}

const nodeToWire = ({ subTasks, ...task }: TaskNode) => ({
  ...toWire(Task, task),
  subTasks: subTasks.map((subTask) => toWire(Task, subTask)),
})

export function taskTypeTreeRoute(app: App, { db, now }: Context<V2Tables>): void {
  app.get('/task-types/:id/tree', { schema, config: { group: 'taskRead' } }, ({ params }) =>
    readSnapshot(db, async (trx) => {
      const taskType = await getRow(taskTypes, trx, params.id, now())
      const { sections, tasksWithoutSection } = await readTree(trx, params.id)
      return {
        taskType: toWire(TaskType, taskType),
        sections: sections.map(({ tasks, ...section }) => ({
          ...toWire(Section, section),
          tasks: tasks.map(nodeToWire),
        })),
        tasksWithoutSection: tasksWithoutSection.map(nodeToWire),
      }
    }),
  )
}
