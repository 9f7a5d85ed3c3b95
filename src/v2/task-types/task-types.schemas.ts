import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'

export const TaskType = Named(
  'TaskType',
  Type.Object({
    id: Id(),
    name: Type.String(),
    category: Type.String(),
    description: Nullable(Type.String()),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  { id: ids.taskType, name: 'Part Approval', category: 'Quality', description: null, ...times },
)

export const CreateTaskType = Named(
  'CreateTaskType',
  Body({
    name: Line(),
    category: Line(),
    description: Type.Optional(Nullable(Text())),
  }),
  { name: 'Part Approval', category: 'Quality' },
)

export const PatchTaskType = Named('PatchTaskType', PatchBody(CreateTaskType), {
  description: 'Before the start of production',
})

export const TaskTypeFilters = { category: Type.Optional(Line()) }
