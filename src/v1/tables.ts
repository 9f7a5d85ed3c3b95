import type {
  ProjectsTable,
  SupplierProjectInstancesTable,
  SuppliersTable,
  TaskTypesTable,
} from '../v2/tables.js'

/**
 * What a DATETIME column of a v1 file can hold: epoch milliseconds, or one of two text forms. Read it
 * through `instantOf`; this service writes epoch milliseconds.
 */
export type StoredInstant = number | string
/** 0/1, or 'true'/'false' after an edit by hand. Read it through `booleanOf`; this service writes 0/1. */
export type StoredFlag = 0 | 1 | string

/** The tables that /v1 reads and writes, as Prisma made them. */
export interface V1Tables {
  suppliers: SuppliersTable
  projects: ProjectsTable
  task_types: TaskTypesTable
  supplier_project_instances: SupplierProjectInstancesTable
  milestones: MilestonesTable
  tasks: TasksTable
  project_milestone_tasks: ProjectMilestoneTasksTable
  supplier_task_instances: SupplierTaskInstancesTable
  supplier_projects_old: LegacyAssignmentsTable
  task_templates_old: LegacyTemplatesTable
  task_instances_old: LegacyInstancesTable
}

interface Stamped {
  id: string
  createdAt: StoredInstant
  updatedAt: StoredInstant
}

export interface MilestonesTable extends Stamped {
  taskTypeId: string
  code: string
  name: string
  description: string | null
  sequence: number
  isRequired: StoredFlag
}

export interface TasksTable extends Stamped {
  milestoneId: string
  name: string
  description: string | null
  sequence: number
  isRequired: StoredFlag
}

export interface ProjectMilestoneTasksTable extends Stamped {
  projectId: string
  milestoneId: string
  taskId: string
  dueDate: StoredInstant
  isActive: StoredFlag
  notes: string | null
  /** Newer files only: ask `hasResponsibleParties` before naming it. */
  responsibleParties: string | null
}

export interface SupplierTaskInstancesTable extends Stamped {
  supplierProjectInstanceId: string
  projectMilestoneTaskId: string
  status: string
  dueDate: StoredInstant
  actualDueDate: StoredInstant | null
  isApplied: StoredFlag
  completedAt: StoredInstant | null
  notes: string | null
  /** JSON array of file records */
  submissionFiles: string | null
}

export interface LegacyAssignmentsTable {
  id: string
  supplierId: string
  projectId: string
  assignedAt: StoredInstant
  status: string
}

export interface LegacyTemplatesTable extends Stamped {
  taskTypeId: string
  projectId: string
  canonicalDue: StoredInstant
  description: string | null
}

export interface LegacyInstancesTable extends Stamped {
  supplierProjectId: string
  taskTemplateId: string
  status: string
  actualDue: StoredInstant | null
  completedAt: StoredInstant | null
  notes: string | null
}
