import { Type } from '@sinclair/typebox'
import { Body, Id, Instant } from '../../http/schemas.js'

export const ProjectTaskType = Type.Object({
  id: Id(),
  projectId: Id(),
  taskTypeId: Id(),
  isActive: Type.Boolean(),
  createdAt: Instant(),
  updatedAt: Instant(),
})

export const ProjectTaskTypeParams = Type.Object({ id: Id('of the project'), taskTypeId: Id() })

export const PatchProjectTaskType = Body({
  isActive: Type.Boolean({
    description:
      "switches the project's templates of the task type; on: assigned suppliers get what they lack",
  }),
})

export const SwitchedProjectTaskType = Type.Object({
  projectTaskType: ProjectTaskType,
  templatesChanged: Type.Integer({ description: 'templates that were switched' }),
  instancesCreated: Type.Integer(),
})

export const ProjectTaskTypeFilters = { isActive: Type.Optional(Type.Boolean()) }
