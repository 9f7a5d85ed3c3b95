import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Line, PatchBody } from '../../http/schemas.js'

export const Assignment = Type.Object({
  id: Id(),
  supplierId: Id(),
  projectId: Id(),
  status: Type.String(),
  assignedAt: Instant(),
  createdAt: Instant(),
  updatedAt: Instant(),
})

export const CreateAssignment = Body({ supplierId: Id(), projectId: Id() })

export const PatchAssignment = PatchBody(
  Body({
    status: Line({
      description: 'new templates go to "active" assignments; one that becomes active gets what it missed',
    }),
  }),
)

export const AssignmentFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  status: Type.Optional(Line()),
}

export const AssignParams = Type.Object({ supplierId: Id(), projectId: Id() })

export const Assigned = Type.Object({
  assignment: Assignment,
  created: Type.Integer({ description: 'supplier task instances that were missing' }),
  skipped: Type.Integer({ description: 'supplier task instances that existed' }),
})
