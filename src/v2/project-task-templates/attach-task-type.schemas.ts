import { Type } from '@sinclair/typebox'
import { Body, Id, Instant } from '../../http/schemas.js'
import { Days } from './project-task-templates.schemas.js'

const MAX_TASKS = 5000

export const TaskDueDate = Body({ taskId: Id(), dueDate: Instant() })

export const AttachTaskType = Body({
  taskTypeId: Id(),
  dueDates: Type.Optional(Type.Array(TaskDueDate, { maxItems: MAX_TASKS })),
  anchorDate: Type.Optional(Instant({ description: 'start of the project, which offsets are counted from' })),
  offsets: Type.Optional(
    Type.Array(Body({ taskId: Id(), offsetDays: Days() }), {
      maxItems: MAX_TASKS,
      description: 'for tasks that dueDates does not name',
    }),
  ),
})

export const Attached = Type.Object({
  projectTaskType: Type.Object({
    id: Id(),
    projectId: Id(),
    taskTypeId: Id(),
    isActive: Type.Boolean(),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  created: Type.Integer({ description: 'templates' }),
  skipped: Type.Integer({ description: 'tasks that the project had already' }),
  instancesCreated: Type.Integer({ description: 'for the suppliers assigned' }),
})
