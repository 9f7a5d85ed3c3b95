import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { Sequence } from '../sequence.js'

export const Task = Named(
  'Task',
  Type.Object({
    id: Id(),
    taskTypeId: Id(),
    sectionId: Nullable(Id()),
    parentTaskId: Nullable(Id()),
    name: Type.String(),
    description: Nullable(Type.String()),
    sequence: Type.Integer(),
    defaultOwner: Nullable(Type.String()),
    defaultNotes: Nullable(Type.String()),
    isRequired: Type.Boolean(),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  {
    id: ids.task,
    taskTypeId: ids.taskType,
    sectionId: ids.section,
    parentTaskId: null,
    name: 'Gage study',
    description: null,
    sequence: 1,
    defaultOwner: 'Ann Weber',
    defaultNotes: null,
    isRequired: true,
    ...times,
  },
)

const changeable = {
  sectionId: Type.Optional(Nullable(Id('of the same task type; a sub-task is in the section of its parent'))),
  parentTaskId: Type.Optional(Nullable(Id('a task of the same task type that has no parent itself'))),
  name: Line(),
  description: Type.Optional(Nullable(Text())),
  sequence: Type.Optional(Sequence),
  defaultOwner: Type.Optional(Nullable(Line())),
  defaultNotes: Type.Optional(Nullable(Text())),
  isRequired: Type.Optional(Type.Boolean({ description: 'of a new one: true when left out' })),
}

export const CreateTask = Named('CreateTask', Body({ taskTypeId: Id(), ...changeable }), {
  taskTypeId: ids.taskType,
  sectionId: ids.section,
  name: 'Gage study',
  sequence: 1,
  defaultOwner: 'Ann Weber',
})

export const PatchTask = Named('PatchTask', PatchBody(Body(changeable)), {
  name: 'Gage study of both gages',
  isRequired: false,
})

export const TaskFilters = {
  taskTypeId: Type.Optional(Id()),
  sectionId: Type.Optional(Id()),
  parentTaskId: Type.Optional(Id()),
}
