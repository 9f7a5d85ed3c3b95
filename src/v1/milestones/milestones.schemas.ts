import { Type } from '@sinclair/typebox'
import { Body, Id, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileInstant } from '../file-instant.js'

export const Milestone = Type.Object({
  id: Id(),
  taskTypeId: Id(),
  code: Type.String(),
  name: Type.String(),
  description: Nullable(Type.String()),
  sequence: Type.Integer(),
  isRequired: Type.Boolean(),
  createdAt: FileInstant(),
  updatedAt: FileInstant(),
})

export const CreateMilestone = Body({
  taskTypeId: Id(),
  code: Line({ description: 'unique in the task type' }),
  name: Line(),
  description: Type.Optional(Nullable(Text())),
  sequence: Type.Integer(),
  isRequired: Type.Optional(Type.Boolean({ description: 'true when left out' })),
})

export const PatchMilestone = PatchBody(CreateMilestone)

export const MilestoneFilters = { taskTypeId: Type.Optional(Id()) }
