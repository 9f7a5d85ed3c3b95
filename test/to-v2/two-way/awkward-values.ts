import type { Write } from './world.js'

/** What a console leaves behind whose foreign keys are off: values of all kinds that v2 cannot hold. */
export type Value = string | number | null | Buffer

const badDates: Value[] = ['soon', 5, 4_200_000_000_000, null, '2026-02-30 10:00:00', 1.5]
const badFlags: Value[] = ['perhaps', 2, null, '']
const badStatuses: Value[] = ['lost', null, '']
const badTexts: Value[] = [null, Buffer.from([0xff, 0])]
const badNumbers: Value[] = [null, 1.5, 'first']

/** What can be wrong with a row of each table, and what is right again. */
export const columns: Readonly<
  Record<string, Readonly<Record<string, [bad: readonly Value[], good: Value]>>>
> = {
  milestones: {
    code: [badTexts, 'M1'],
    name: [badTexts, 'Mended'],
    sequence: [badNumbers, 3],
    isRequired: [badFlags, 'true'],
    createdAt: [badDates, '2026-01-05 08:00:00'],
    updatedAt: [badDates, 1_780_000_000_000],
  },
  tasks: {
    name: [badTexts, 'Mended'],
    sequence: [badNumbers, 4],
    isRequired: [badFlags, 0],
    createdAt: [badDates, 1_780_000_000_000],
    updatedAt: [badDates, '2026-01-05T08:00:00Z'],
  },
  project_milestone_tasks: {
    dueDate: [badDates, 1_781_000_000_000],
    isActive: [badFlags, 1],
    notes: [[Buffer.from('bytes')], null],
    createdAt: [badDates, '2026-01-05 08:00:00'],
    updatedAt: [badDates, 1_780_000_000_000],
  },
  supplier_task_instances: {
    status: [badStatuses, 'In Progress'],
    dueDate: [badDates, 1_781_000_000_000],
    actualDueDate: [badDates.filter((value) => value !== null), null],
    isApplied: [badFlags, 'FALSE'],
    notes: [[Buffer.from('bytes')], 'mended'],
    createdAt: [badDates, 1_780_000_000_000],
    updatedAt: [badDates, 1_780_000_000_000],
  },
}

export const references: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  milestones: { taskTypeId: 'task_types' },
  tasks: { milestoneId: 'milestones' },
  project_milestone_tasks: { projectId: 'projects', milestoneId: 'milestones', taskId: 'tasks' },
  supplier_project_instances: { supplierId: 'suppliers', projectId: 'projects' },
  supplier_task_instances: {
    supplierProjectInstanceId: 'supplier_project_instances',
    projectMilestoneTaskId: 'project_milestone_tasks',
  },
}

export const nth = <Item>(items: readonly Item[], n: number): Item | undefined => items[n % items.length]

/** The writes for each table that refers to another one. */
export const over = (make: (table: string) => Record<string, Write>): Record<string, Write> =>
  Object.assign({}, ...Object.keys(references).map(make)) as Record<string, Write>
