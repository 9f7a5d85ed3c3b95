import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'

export const TaskType = Type.Object({
  id: Id(),
  name: Type.String(),
  category: Type.String(),
  description: Nullable(Type.String()),
  createdAt: Instant(),
  updatedAt: Instant(),
})

export const CreateTaskType = Body({
  name: Line(),
  category: Line(),
  description: Type.Optional(Nullable(Text())),
})

export const PatchTaskType = PatchBody(CreateTaskType)

export const TaskTypeFilters = { category: Type.Optional(Line()) }
