import { Type } from '@sinclair/typebox'
import { DUE, MADE, ids, times } from '../../http/examples.js'
import {
  Body,
  exampleOf,
  Id,
  Instant,
  Line,
  Named,
  Nullable,
  PatchBody,
  SearchText,
  SeveralOf,
  StringEnum,
  Text,
} from '../../http/schemas.js'
import { instanceStatuses } from '../../kernel/instance-status.js'

export const Instance = Named(
  'SupplierTaskInstance',
  Type.Object({
    id: Id(),
    supplierProjectInstanceId: Id(),
    projectTaskTemplateId: Id(),
    status: StringEnum(instanceStatuses, { title: 'InstanceStatus' }),
    dueDate: Instant(),
    actualDueDate: Nullable(Instant()),
    effectiveDueDate: Instant({ description: 'actualDueDate, or else dueDate' }),
    isOverdue: Type.Boolean({ description: 'at asOf' }),
    asOf: Instant(),
    owner: Nullable(Type.String()),
    notes: Nullable(Type.String()),
    isApplied: Type.Boolean(),
    blockedReason: Nullable(Type.String()),
    submissionFiles: Type.Array(Type.Unknown(), { description: 'file records' }),
    submissionFilesRaw: Nullable(
      Type.String({ description: 'the stored text, where it is not a JSON array' }),
    ),
    completedAt: Nullable(Instant()),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  {
    id: ids.instance,
    supplierProjectInstanceId: ids.assignment,
    projectTaskTemplateId: ids.template,
    status: 'in_progress',
    dueDate: DUE,
    actualDueDate: '2026-03-09T00:00:00.000Z',
    effectiveDueDate: '2026-03-09T00:00:00.000Z',
    isOverdue: false,
    asOf: MADE,
    owner: 'Ann Weber',
    notes: 'One week more for the second gage',
    isApplied: true,
    blockedReason: null,
    submissionFiles: [],
    submissionFilesRaw: null,
    completedAt: null,
    ...times,
  },
)

const changeable = {
  status: Type.Optional(StringEnum(instanceStatuses, { title: 'InstanceStatus' })),
  dueDate: Type.Optional(Instant({ description: "default: the template's" })),
  actualDueDate: Type.Optional(Nullable(Instant({ description: "the supplier's agreed override" }))),
  owner: Type.Optional(Nullable(Line())),
  notes: Type.Optional(Nullable(Text())),
  isApplied: Type.Optional(Type.Boolean({ description: 'of a new one: true when left out' })),
  blockedReason: Type.Optional(Nullable(Text())),
  submissionFiles: Type.Optional(
    Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: 1000 }),
  ),
  completedAt: Type.Optional(Nullable(Instant({ description: 'default: now, on becoming completed' }))),
}

export const CreateInstance = Named(
  'CreateSupplierTaskInstance',
  Body({
    supplierProjectInstanceId: Id(),
    projectTaskTemplateId: Id('of the same project'),
    ...changeable,
  }),
  { supplierProjectInstanceId: ids.assignment, projectTaskTemplateId: ids.template, owner: 'Ann Weber' },
)

export const PatchInstance = Named('PatchSupplierTaskInstance', PatchBody(Body(changeable)), {
  status: 'completed',
  completedAt: '2026-03-06T14:00:00.000Z',
})

export const BulkUpdate = Named(
  'BulkUpdate',
  Body({
    ids: Type.Array(Id(), { minItems: 1, maxItems: 1000, uniqueItems: true }),
    changes: PatchInstance,
  }),
  { ids: [ids.instance], changes: { status: 'in_progress' } },
)

export const BulkUpdated = Named(
  'BulkUpdated',
  Type.Object({ updated: Type.Integer(), items: Type.Array(Instance) }),
  { updated: 1, items: [exampleOf(Instance)] },
)

export const InstanceFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  taskTypeId: Type.Optional(Id()),
  sectionId: Type.Optional(Id()),
  taskId: Type.Optional(Id()),
  projectTaskTemplateId: Type.Optional(Id()),
  supplierProjectInstanceId: Type.Optional(Id()),
  status: Type.Optional(SeveralOf(instanceStatuses)),
  isApplied: Type.Optional(Type.Boolean()),
  overdue: Type.Optional(Type.Boolean({ description: 'at asOf' })),
  asOf: Type.Optional(Instant({ description: 'default: now' })),
  blocked: Type.Optional(Type.Boolean({ description: 'applied, and with the status blocked' })),
  dueFrom: Type.Optional(Instant({ description: 'effective due date at this instant or later' })),
  dueTo: Type.Optional(Instant({ description: 'effective due date at this instant or earlier' })),
  search: Type.Optional(
    SearchText('the notes, or of the name of the supplier, the project, the section or the task'),
  ),
}
