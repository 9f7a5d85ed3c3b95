import { Type } from '@sinclair/typebox'
import { MADE, ids, times } from '../../http/examples.js'
import { Body, exampleOf, Id, Instant, Line, Named, PatchBody } from '../../http/schemas.js'

export const Assignment = Named(
  'SupplierProjectInstance',
  Type.Object({
    id: Id(),
    supplierId: Id(),
    projectId: Id(),
    status: Type.String(),
    assignedAt: Instant(),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  {
    id: ids.assignment,
    supplierId: ids.supplier,
    projectId: ids.project,
    status: 'active',
    assignedAt: MADE,
    ...times,
  },
)

export const CreateAssignment = Named(
  'CreateSupplierProjectInstance',
  Body({ supplierId: Id(), projectId: Id() }),
  { supplierId: ids.supplier, projectId: ids.project },
)

export const PatchAssignment = Named(
  'PatchSupplierProjectInstance',
  PatchBody(
    Body({
      status: Line({
        description: 'new templates go to "active" assignments; one that becomes active gets what it missed',
      }),
    }),
  ),
  { status: 'on hold' },
)

export const AssignmentFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  status: Type.Optional(Line()),
}

export const AssignParams = Type.Object({ supplierId: Id(), projectId: Id() })

export const Assigned = Named(
  'AssignedSupplier',
  Type.Object({
    assignment: Assignment,
    created: Type.Integer({ description: 'supplier task instances that were missing' }),
    skipped: Type.Integer({ description: 'supplier task instances that existed' }),
  }),
  { assignment: exampleOf(Assignment), created: 12, skipped: 0 },
)
