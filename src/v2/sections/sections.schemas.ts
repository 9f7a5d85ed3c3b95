import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { Sequence } from '../sequence.js'

export const Section = Type.Object({
  id: Id(),
  taskTypeId: Id(),
  code: Nullable(Type.String()),
  name: Type.String(),
  description: Nullable(Type.String()),
  sequence: Type.Integer(),
  isRequired: Type.Boolean(),
  createdAt: Instant(),
  updatedAt: Instant(),
})

/** Of a section whose task type stands in the URL. */
export const CreateSectionOfTaskType = Body({
  code: Type.Optional(Nullable(Line())),
  name: Line(),
  description: Type.Optional(Nullable(Text())),
  sequence: Type.Optional(Sequence),
  isRequired: Type.Optional(Type.Boolean({ default: true })),
})

export const CreateSection = Body({ taskTypeId: Id(), ...CreateSectionOfTaskType.properties })

export const PatchSection = PatchBody(CreateSectionOfTaskType)

export const SectionFilters = { taskTypeId: Type.Optional(Id()) }
