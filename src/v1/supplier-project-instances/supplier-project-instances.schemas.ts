import { Type } from '@sinclair/typebox'
import { MADE, ids, times } from '../../http/examples.js'
import { Body, exampleOf, Id, Line, Named, PatchBody } from '../../http/schemas.js'
import { FileId, FileInstant } from '../file-values.js'

export const SupplierProjectInstance = Named(
  'SupplierProjectInstance',
  Type.Object({
    id: FileId(),
    supplierId: FileId(),
    projectId: FileId(),
    status: Type.String(),
    assignedAt: FileInstant(),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
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

export const CreateSupplierProjectInstance = Named(
  'CreateSupplierProjectInstance',
  Body({ supplierId: Id(), projectId: Id() }),
  { supplierId: ids.supplier, projectId: ids.project },
)

export const PatchSupplierProjectInstance = Named(
  'PatchSupplierProjectInstance',
  PatchBody(
    Body({
      status: Line({
        description:
          'only an `active` one gets the tasks that its project gains; one that becomes so, what it missed',
      }),
    }),
  ),
  { status: 'on hold' },
)

/** `created` and `skipped`: supplier task instances that were made, and that were there already. */
export const Assignment = Named(
  'AssignedSupplier',
  Type.Object({
    ...SupplierProjectInstance.properties,
    created: Type.Integer(),
    skipped: Type.Integer(),
  }),
  { ...exampleOf(SupplierProjectInstance), created: 12, skipped: 0 },
)

export const SupplierProjectInstanceFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  status: Type.Optional(Line()),
}
