import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Line, Nullable, PatchBody, Text } from '../../http/schemas.js'

export const Project = Type.Object({
  id: Id(),
  name: Type.String(),
  description: Nullable(Type.String()),
  createdAt: Instant(),
  updatedAt: Instant(),
})

export const CreateProject = Body({
  name: Line(),
  description: Type.Optional(Nullable(Text())),
})

export const PatchProject = PatchBody(CreateProject)

export const ProjectFilters = { supplierId: Type.Optional(Id('with this supplier assigned')) }
