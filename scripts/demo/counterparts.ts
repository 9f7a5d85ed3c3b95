/** What one kind of item is called in v1 and in v2, and which of their fields mean the same. */
export interface Counterpart {
  v1: string
  v2: string
  /** v1's name → v2's name; only its writer changes these. */
  own: Readonly<Record<string, string>>
  /** The same for fields that other writes change too: a template's due date moves its instances. */
  moving: Readonly<Record<string, string>>
  /** The filters that list the instances of such an item. */
  instancesOf?: { v1: string; v2: string }
}

const same = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]))

const task = {
  v1: 'tasks',
  v2: 'tasks',
  own: {
    ...same('name', 'description', 'sequence', 'isRequired', 'createdAt', 'updatedAt'),
    milestoneId: 'sectionId',
  },
  moving: {},
}

// taskId is left out: a task filed under another milestone has a twin in v2.
const template = {
  v1: 'project-milestone-tasks',
  v2: 'project-task-templates',
  own: {
    ...same('projectId', 'dueDate', 'notes', 'isActive', 'createdAt', 'updatedAt'),
    milestoneId: 'sectionId',
    responsibleParties: 'owner',
  },
  moving: {},
  instancesOf: { v1: 'projectMilestoneTaskId', v2: 'projectTaskTemplateId' },
}

const assignment = {
  v1: 'supplier-project-instances',
  v2: 'supplier-project-instances',
  own: same('supplierId', 'projectId', 'status', 'assignedAt', 'createdAt', 'updatedAt'),
  moving: {},
  instancesOf: { v1: 'supplierProjectInstanceId', v2: 'supplierProjectInstanceId' },
}

const instance = {
  v1: 'supplier-task-instances',
  v2: 'supplier-task-instances',
  own: {
    ...same('status', 'actualDueDate', 'isApplied', 'completedAt', 'notes', 'submissionFiles', 'createdAt'),
    supplierProjectInstanceId: 'supplierProjectInstanceId',
    projectMilestoneTaskId: 'projectTaskTemplateId',
  },
  moving: same('dueDate', 'effectiveDueDate', 'updatedAt'),
}

export const counterparts = { task, template, assignment, instance } satisfies Record<string, Counterpart>

export type ItemKind = keyof typeof counterparts
