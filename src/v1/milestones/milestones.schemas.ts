import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileId, FileInstant, FileInteger } from '../file-values.js'
import { Sequence } from '../sequence.js'

export const Milestone = Named(
  'Milestone',
  Type.Object({
    id: FileId(),
    taskTypeId: FileId(),
    code: Type.String(),
    name: Type.String(),
    description: Nullable(Type.String()),
    sequence: FileInteger(),
    isRequired: Type.Boolean(),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: ids.section,
    taskTypeId: ids.taskType,
    code: 'PA2',
    name: 'First Article',
    description: null,
    sequence: 2,
    isRequired: true,
    ...times,
  },
)

export const CreateMilestone = Named(
  'CreateMilestone',
  Body({
    taskTypeId: Id(),
    code: Line({ description: 'unique in the task type' }),
    name: Line(),
    description: Type.Optional(Nullable(Text())),
    sequence: Sequence,
    isRequired: Type.Optional(Type.Boolean({ description: 'true when left out' })),
  }),
  { taskTypeId: ids.taskType, code: 'PA2', name: 'First Article', sequence: 2 },
)

export const PatchMilestone = Named('PatchMilestone', PatchBody(CreateMilestone), {
  name: 'First Article Inspection',
})

export const MilestoneFilters = { taskTypeId: Type.Optional(Id()) }
