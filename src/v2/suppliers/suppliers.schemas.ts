import { Type } from '@sinclair/typebox'
import { ids, times } from '../../http/examples.js'
import { Body, Id, Instant, Line, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'

const Contact = Type.Object({
  name: Type.Optional(Type.String()),
  role: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
})

export const Supplier = Named(
  'Supplier',
  Type.Object({
    id: Id(),
    name: Type.String(),
    supplierNumber: Nullable(Type.String()),
    location: Nullable(Type.String()),
    contacts: Type.Array(Type.Unknown(), { description: 'objects with name, role, email and phone' }),
    contactsRaw: Nullable(Type.String({ description: 'the stored text, where it is not a JSON array' })),
    contactInfo: Type.String(),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  {
    id: ids.supplier,
    name: 'Acme Castings',
    supplierNumber: 'S-1042',
    location: 'Ulm',
    contacts: [{ name: 'Ann Weber', role: 'Quality', email: 'ann.weber@acme.example' }],
    contactsRaw: null,
    contactInfo: 'Mornings by telephone',
    ...times,
  },
)

export const CreateSupplier = Named(
  'CreateSupplier',
  Body({
    name: Line(),
    supplierNumber: Type.Optional(Nullable(Line())),
    location: Type.Optional(Nullable(Text())),
    contacts: Type.Optional(Type.Array(Contact, { maxItems: 100 })),
    contactInfo: Type.Optional(Text()),
  }),
  {
    name: 'Acme Castings',
    supplierNumber: 'S-1042',
    location: 'Ulm',
    contacts: [{ name: 'Ann Weber', role: 'Quality', email: 'ann.weber@acme.example' }],
    contactInfo: 'Mornings by telephone',
  },
)

export const PatchSupplier = Named('PatchSupplier', PatchBody(CreateSupplier), { location: 'Stuttgart' })

export const SupplierFilters = { projectId: Type.Optional(Id('assigned to this project')) }
