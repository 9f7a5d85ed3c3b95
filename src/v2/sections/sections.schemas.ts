import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { Sequence } from '../sequence.js'

export const Section = Named(
  'Section',
  Type.Object({
    id: Id(),
    taskTypeId: Id(),
    code: Nullable(Type.String()),
    name: Type.String(),
    description: Nullable(Type.String()),
    sequence: Type.Integer(),
    isRequired: Type.Boolean(),
    createdAt: Instant(),
    updatedAt: Instant(),
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

/** Of a section whose task type stands in the URL. */
export const CreateSectionOfTaskType = Named(
  'CreateSectionOfTaskType',
  Body({
    code: Type.Optional(Nullable(Line())),
    name: Line(),
    description: Type.Optional(Nullable(Text())),
    sequence: Type.Optional(Sequence),
    isRequired: Type.Optional(Type.Boolean({ description: 'of a new one: true when left out' })),
  }),
  { code: 'PA2', name: 'First Article', sequence: 2 },
)

export const CreateSection = Named(
  'CreateSection',
  Body({ taskTypeId: Id(), ...CreateSectionOfTaskType.properties }),
  { taskTypeId: ids.taskType, code: 'PA2', name: 'First Article', sequence: 2 },
)

export const PatchSection = Named('PatchSection', PatchBody(CreateSectionOfTaskType), {
  name: 'First Article Inspection',
})

export const SectionFilters = { taskTypeId: Type.Optional(Id()) }
