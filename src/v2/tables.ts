import type { GeneratedAlways } from 'kysely'
import type { InstanceStatus } from '../kernel/instance-status.js'

/**
 * The tables that /v2 reads and writes. Instants are epoch milliseconds, booleans 0/1.
 *
 * The first four are shared with v1. There they were made by the original application, and their
 * instants can also be text: read them through `instantOf`.
 */
export interface V2Tables {
  suppliers: SuppliersTable
  projects: ProjectsTable
  task_types: TaskTypesTable
  supplier_project_instances: SupplierProjectInstancesTable
  v2_task_type_sections: SectionsTable
  v2_tasks: TasksTable
  v2_project_task_types: ProjectTaskTypesTable
  v2_project_task_templates: ProjectTaskTemplatesTable
  v2_supplier_task_instances: SupplierTaskInstancesTable
  change_history: ChangeHistoryTable
}

export type Flag = 0 | 1

interface Stamped {
  id: string
  createdAt: number
  updatedAt: number
}

export interface SuppliersTable extends Stamped {
  name: string
  supplierNumber: string | null
  location: string | null
  /** JSON array of {name, role, email, phone} */
  contacts: string | null
  contactInfo: string
}

export interface ProjectsTable extends Stamped {
  name: string
  description: string | null
}

export interface TaskTypesTable extends Stamped {
  name: string
  category: string
  description: string | null
}

export interface SupplierProjectInstancesTable extends Stamped {
  supplierId: string
  projectId: string
  status: string
  assignedAt: number
}

export interface SectionsTable extends Stamped {
  taskTypeId: string
  code: string | null
  name: string
  description: string | null
  sequence: number
  isRequired: Flag
}

export interface TasksTable extends Stamped {
  taskTypeId: string
  sectionId: string | null
  parentTaskId: string | null
  name: string
  description: string | null
  sequence: number
  defaultOwner: string | null
  defaultNotes: string | null
  isRequired: Flag
}

export interface ProjectTaskTypesTable extends Stamped {
  projectId: string
  taskTypeId: string
  isActive: Flag
}

export const anchors = ['project_start', 'milestone_date', 'relative_to_task'] as const

export type Anchor = (typeof anchors)[number]

export interface ProjectTaskTemplatesTable extends Stamped {
  projectId: string
  taskId: string
  sectionId: string | null
  dueDate: number
  owner: string | null
  notes: string | null
  isActive: Flag
  /** null: the due date is fixed. */
  anchor: Anchor | null
  offsetDays: number | null
}

export interface SupplierTaskInstancesTable extends Stamped {
  supplierProjectInstanceId: string
  projectTaskTemplateId: string
  status: InstanceStatus
  dueDate: number
  actualDueDate: number | null
  owner: string | null
  notes: string | null
  isApplied: Flag
  blockedReason: string | null
  /** JSON array of file records */
  submissionFiles: string | null
  completedAt: number | null
  /** actualDueDate, or else dueDate. */
  effectiveDueDate: GeneratedAlways<number>
}

/** Written by triggers alone. It refers to nothing, so that it outlives what it tells of. */
export interface ChangeHistoryTable {
  id: number
  at: number
  subject: string
  subjectId: string
  projectId: string | null
  supplierProjectInstanceId: string | null
  projectTaskTemplateId: string | null
  field: string
  /** As the field's column holds it. */
  oldValue: string | number | null
  newValue: string | number | null
  actor: string | null
  requestId: string | null
  origin: string
}
