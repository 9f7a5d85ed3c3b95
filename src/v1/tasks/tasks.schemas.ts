import { Type } from '@sinclair/typebox'
import { Body, Id, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileInstant, FileInteger } from '../file-values.js'
import { Sequence } from '../sequence.js'

export const Task = Type.Object({
  id: Id(),
  milestoneId: Id(),
  name: Type.String(),
  description: Nullable(Type.String()),
  sequence: FileInteger(),
  isRequired: Type.Boolean(),
  createdAt: FileInstant(),
  updatedAt: FileInstant(),
})

export const CreateTask = Body({
  milestoneId: Id(),
  name: Line({ description: 'unique in the milestone' }),
  description: Type.Optional(Nullable(Text())),
  sequence: Sequence,
  isRequired: Type.Optional(Type.Boolean({ description: 'true when left out' })),
})

export const PatchTask = PatchBody(CreateTask)

export const TaskFilters = { milestoneId: Type.Optional(Id()), taskTypeId: Type.Optional(Id()) }
