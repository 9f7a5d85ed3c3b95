import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, exampleOf, Id, Instant, Named } from '../../http/schemas.js'

export const ProjectTaskType = Named(
  'ProjectTaskType',
  Type.Object({
    id: Id(),
    projectId: Id(),
    taskTypeId: Id(),
    isActive: Type.Boolean(),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  { id: ids.projectTaskType, projectId: ids.project, taskTypeId: ids.taskType, isActive: true, ...times },
)

export const ProjectTaskTypeParams = Type.Object({ id: Id('of the project'), taskTypeId: Id() })

export const PatchProjectTaskType = Named(
  'PatchProjectTaskType',
  Body({
    isActive: Type.Boolean({
      description:
        "switches the project's templates of the task type; on: assigned suppliers get what they lack",
    }),
  }),
  { isActive: false },
)

export const SwitchedProjectTaskType = Named(
  'SwitchedProjectTaskType',
  Type.Object({
    projectTaskType: ProjectTaskType,
    templatesChanged: Type.Integer({ description: 'templates that were switched' }),
    instancesCreated: Type.Integer(),
  }),
  { projectTaskType: exampleOf(ProjectTaskType), templatesChanged: 2, instancesCreated: 0 },
)

export const ProjectTaskTypeFilters = { isActive: Type.Optional(Type.Boolean()) }
