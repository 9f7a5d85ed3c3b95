import { Type } from '@sinclair/typebox'
import { Body, Id, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileInstant, FileInteger } from '../file-values.js'
import { Sequence } from '../sequence.js'

export const Milestone = Type.Object({
  id: Id(),
  taskTypeId: Id(),
  code: Type.String(),
  name: Type.String(),
  description: Nullable(Type.String()),
  sequence: FileInteger(),
  isRequired: Type.Boolean(),
  createdAt: FileInstant(),
  updatedAt: FileInstant(),
})

export const CreateMilestone = Body({
  taskTypeId: Id(),
  code: Line({ description: 'unique in the task type' }),
  name: Line(),
  description: Type.Optional(Nullable(Text())),
  sequence: Sequence,
  isRequired: Type.Optional(Type.Boolean({ description: 'true when left out' })),
})

export const PatchMilestone = PatchBody(CreateMilestone)

export const MilestoneFilters = { taskTypeId: Type.Optional(Id()) }
