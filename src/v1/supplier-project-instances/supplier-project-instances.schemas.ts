import { Type } from '@sinclair/typebox'
import { Body, Id, Line, PatchBody } from '../../http/schemas.js'
import { FileInstant } from '../file-values.js'

export const SupplierProjectInstance = Type.Object({
  id: Id(),
  supplierId: Id(),
  projectId: Id(),
  status: Type.String(),
  assignedAt: FileInstant(),
  createdAt: FileInstant(),
  updatedAt: FileInstant(),
})

export const CreateSupplierProjectInstance = Body({ supplierId: Id(), projectId: Id() })

export const PatchSupplierProjectInstance = PatchBody(
  Body({
    status: Line({
      description:
        'only an `active` one gets the tasks that its project gains; one that becomes so, what it missed',
    }),
  }),
)

/** `created` and `skipped`: supplier task instances that were made, and that were there already. */
export const Assignment = Type.Object({
  ...SupplierProjectInstance.properties,
  created: Type.Integer(),
  skipped: Type.Integer(),
})

export const SupplierProjectInstanceFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  status: Type.Optional(Line()),
}
