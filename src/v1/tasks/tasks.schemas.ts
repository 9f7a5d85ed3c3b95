import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileId, FileInstant, FileInteger } from '../file-values.js'
import { Sequence } from '../sequence.js'

export const Task = Named(
  'Task',
  Type.Object({
    id: FileId(),
    milestoneId: FileId(),
    name: Type.String(),
    description: Nullable(Type.String()),
    sequence: FileInteger(),
    isRequired: Type.Boolean(),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: ids.task,
    milestoneId: ids.section,
    name: 'Gage study',
    description: null,
    sequence: 1,
    isRequired: true,
    ...times,
  },
)

export const CreateTask = Named(
  'CreateTask',
  Body({
    milestoneId: Id(),
    name: Line({ description: 'unique in the milestone' }),
    description: Type.Optional(Nullable(Text())),
    sequence: Sequence,
    isRequired: Type.Optional(Type.Boolean({ description: 'true when left out' })),
  }),
  { milestoneId: ids.section, name: 'Gage study', sequence: 1 },
)

export const PatchTask = Named('PatchTask', PatchBody(CreateTask), { isRequired: false })

export const TaskFilters = { milestoneId: Type.Optional(Id()), taskTypeId: Type.Optional(Id()) }
