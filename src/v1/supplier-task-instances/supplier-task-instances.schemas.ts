import { Type } from '@sinclair/typebox'
import { DUE, MADE, ids, times } from '../../http/examples.js'
import {
  Body,
  Id,
  Instant,
  Named,
  Nullable,
  PatchBody,
  SearchText,
  SeveralOf,
  StringEnum,
  Text,
} from '../../http/schemas.js'
import { instanceStatuses } from '../../kernel/instance-status.js'
import { FileId, FileInstant } from '../file-values.js'

export const SupplierTaskInstance = Named(
  'SupplierTaskInstance',
  Type.Object({
    id: FileId(),
    supplierProjectInstanceId: FileId(),
    projectMilestoneTaskId: FileId(),
    status: Type.String({
      description: `one of ${instanceStatuses.join(', ')}, unless the file has another`,
    }),
    dueDate: FileInstant(),
    actualDueDate: FileInstant(),
    effectiveDueDate: FileInstant(),
    isOverdue: Type.Boolean({ description: 'at asOf' }),
    asOf: Instant(),
    isApplied: Type.Boolean(),
    completedAt: FileInstant(),
    notes: Nullable(Type.String()),
    submissionFiles: Type.Array(Type.Unknown(), { description: 'file records' }),
    submissionFilesRaw: Nullable(
      Type.String({ description: 'the stored text, where it is not a JSON array' }),
    ),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: ids.instance,
    supplierProjectInstanceId: ids.assignment,
    projectMilestoneTaskId: ids.template,
    status: 'in_progress',
    dueDate: DUE,
    actualDueDate: '2026-03-09T00:00:00.000Z',
    effectiveDueDate: '2026-03-09T00:00:00.000Z',
    isOverdue: false,
    asOf: MADE,
    isApplied: true,
    completedAt: null,
    notes: 'One week more for the second gage',
    submissionFiles: [],
    submissionFilesRaw: null,
    ...times,
  },
)

const Changeable = Body({
  status: StringEnum(instanceStatuses, { title: 'InstanceStatus' }),
  dueDate: Instant(),
  actualDueDate: Nullable(Instant({ description: "the supplier's agreed override" })),
  isApplied: Type.Boolean(),
  completedAt: Nullable(Instant({ description: 'now, when left out on completing' })),
  notes: Nullable(Text()),
  submissionFiles: Nullable(
    Type.Array(Type.Object({}, { additionalProperties: true }), {
      maxItems: 1000,
      description: 'file records',
    }),
  ),
})

export const CreateSupplierTaskInstance = Named(
  'CreateSupplierTaskInstance',
  Body({
    supplierProjectInstanceId: Id(),
    projectMilestoneTaskId: Id('of the same project'),
    ...Type.Partial(Changeable).properties,
  }),
  { supplierProjectInstanceId: ids.assignment, projectMilestoneTaskId: ids.template },
)

export const PatchSupplierTaskInstance = Named('PatchSupplierTaskInstance', PatchBody(Changeable), {
  status: 'completed',
  completedAt: '2026-03-06T14:00:00.000Z',
})

export const SupplierTaskInstanceFilters = {
  supplierId: Type.Optional(Id()),
  projectId: Type.Optional(Id()),
  taskTypeId: Type.Optional(Id()),
  milestoneId: Type.Optional(Id()),
  taskId: Type.Optional(Id()),
  projectMilestoneTaskId: Type.Optional(Id()),
  supplierProjectInstanceId: Type.Optional(Id()),
  status: Type.Optional(SeveralOf(instanceStatuses)),
  isApplied: Type.Optional(Type.Boolean()),
  overdue: Type.Optional(Type.Boolean({ description: 'at asOf' })),
  asOf: Type.Optional(Instant({ description: 'default: now' })),
  blocked: Type.Optional(Type.Boolean({ description: 'applied, and with the status blocked' })),
  dueFrom: Type.Optional(Instant({ description: 'effective due date, inclusive' })),
  dueTo: Type.Optional(Instant({ description: 'effective due date, inclusive' })),
  search: Type.Optional(
    SearchText('the notes, or of the name of the supplier, the project, the milestone or the task'),
  ),
}
