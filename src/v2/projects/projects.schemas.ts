import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'

export const Project = Named(
  'Project',
  Type.Object({
    id: Id(),
    name: Type.String(),
    description: Nullable(Type.String()),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  { id: ids.project, name: 'Falcon', description: 'The electric van', ...times },
)

export const CreateProject = Named(
  'CreateProject',
  Body({
    name: Line(),
    description: Type.Optional(Nullable(Text())),
  }),
  { name: 'Falcon', description: 'The electric van' },
)

export const PatchProject = Named('PatchProject', PatchBody(CreateProject), { description: null })

export const ProjectFilters = { supplierId: Type.Optional(Id('with this supplier assigned')) }
