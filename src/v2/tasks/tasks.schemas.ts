import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { Sequence } from '../sequence.js'

export const Task = Type.Object({
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
})

const changeable = {
  sectionId: Type.Optional(Nullable(Id('of the same task type; a sub-task is in the section of its parent'))),
  parentTaskId: Type.Optional(Nullable(Id('a task of the same task type that has no parent itself'))),
  name: Line(),
  description: Type.Optional(Nullable(Text())),
  sequence: Type.Optional(Sequence),
  defaultOwner: Type.Optional(Nullable(Line())),
  defaultNotes: Type.Optional(Nullable(Text())),
  isRequired: Type.Optional(Type.Boolean({ default: true })),
}

export const CreateTask = Body({ taskTypeId: Id(), ...changeable })

export const PatchTask = PatchBody(Body(changeable))

export const TaskFilters = {
  taskTypeId: Type.Optional(Id()),
  sectionId: Type.Optional(Id()),
  parentTaskId: Type.Optional(Id()),
}
