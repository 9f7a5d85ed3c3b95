import { DAY_MS } from '../../../kernel/due-date.js'
import type { V1Tables } from '../../tables.js'
import type { Maker } from '../maker.js'
import type { Change } from '../row-writer.js'
import { daysBeforeBase } from '../stored-date.js'

export type Table = keyof V1Tables
type Values = Readonly<Record<string, string | number | null>>

/** When every row here was created: a whole second, which any form of date holds. */
export const CREATED = daysBeforeBase(500)
export const BEFORE = CREATED - DAY_MS
export const AFTER = CREATED + DAY_MS

/** Adds valid rows for dirt to be done to. No parent of one of them is ever damaged. */
export interface Ground {
  /** A row with parents of its own, or with those given. A milestone comes with a task. */
  row: (table: Table, given?: Values) => string
  /** The same without that task. */
  bareMilestone: () => string
  change: Change
}

export function createGround(maker: Maker): Ground {
  let rows = 0
  const insert = (table: Table, values: Values) => {
    const id = maker.newId(CREATED)
    // Rows are made of parts here: the tests of the assessment find what would be missing.
    maker.insert(table, { id, ...plainValues(table, ++rows), ...values } as never)
    return id
  }
  const row = (table: Table, given: Values = {}) => {
    const id = insert(table, { ...parents[table]?.(given), ...given })
    if (table === 'milestones') row('tasks', { milestoneId: id })
    return id
  }
  const parents = parentsFrom(row)
  return {
    row,
    bareMilestone: () => insert('milestones', { taskTypeId: row('task_types') }),
    change: maker.change,
  }
}

const stamps = { createdAt: CREATED, updatedAt: CREATED }
const due = daysBeforeBase(-20)

/** All that is no reference. */
function plainValues(table: Table, number: number): Values {
  const name = `Awkward ${table.replaceAll('_', ' ')} ${number}`
  const ordered = { name, description: null, sequence: 1, isRequired: 1, ...stamps }
  const work = { status: 'not_started', completedAt: null, notes: null, ...stamps }
  const assigned = { status: 'active', assignedAt: CREATED }
  const values: Record<Table, Values> = {
    suppliers: { name, supplierNumber: null, location: null, contacts: null, contactInfo: 'none', ...stamps },
    projects: { name, description: null, ...stamps },
    task_types: { name, category: 'General', description: null, ...stamps },
    milestones: { code: `AWK${number}`, ...ordered },
    tasks: ordered,
    project_milestone_tasks: { dueDate: due, isActive: 1, notes: null, responsibleParties: null, ...stamps },
    supplier_project_instances: { ...assigned, ...stamps },
    supplier_task_instances: {
      dueDate: due,
      actualDueDate: null,
      isApplied: 1,
      submissionFiles: null,
      ...work,
    },
    supplier_projects_old: assigned,
    task_templates_old: { canonicalDue: due, description: null, ...stamps },
    task_instances_old: { actualDue: null, ...work },
  }
  return values[table]
}

type Row = Ground['row']

/** The references of a row, no two rows having the same. */
function parentsFrom(row: Row): Partial<Record<Table, (given: Values) => Values>> {
  const taskType = shared(() => row('task_types'))
  const project = shared(() => row('projects'))
  const milestone = shared(() => row('milestones'))
  const pair = pairs(row, ['supplier_project_instances', 'project_milestone_tasks'])
  const legacyPair = pairs(row, ['supplier_projects_old', 'task_templates_old'])
  const assignment = (given: Values) => ({
    supplierId: given.supplierId ?? row('suppliers'),
    projectId: given.projectId ?? project(),
  })
  return {
    milestones: (given) => ({ taskTypeId: given.taskTypeId ?? taskType() }),
    tasks: (given) => ({ milestoneId: given.milestoneId ?? milestone() }),
    project_milestone_tasks: (given) => {
      const milestoneId = given.milestoneId ?? milestone()
      const taskId = given.taskId ?? row('tasks', { milestoneId })
      return { milestoneId, taskId, projectId: given.projectId ?? project() }
    },
    supplier_project_instances: assignment,
    supplier_task_instances: () => {
      const [supplierProjectInstanceId, projectMilestoneTaskId] = pair()
      return { supplierProjectInstanceId, projectMilestoneTaskId }
    },
    supplier_projects_old: assignment,
    task_templates_old: (given) => ({
      taskTypeId: row('task_types'),
      projectId: given.projectId ?? row('projects'),
    }),
    task_instances_old: () => {
      const [supplierProjectId, taskTemplateId] = legacyPair()
      return { supplierProjectId, taskTemplateId }
    },
  }
}

const SHARE = 20

/** One row for every twenty that ask for it. */
function shared(make: () => string): () => string {
  let asked = 0
  let id = ''
  return () => {
    if (asked++ % SHARE === 0) id = make()
    return id
  }
}

const ROUNDS = 10

/** Each pair of an assignment and a template of one project once: ten times ten to a project. */
function pairs(row: Row, [assignment, template]: readonly [Table, Table]): () => [string, string] {
  let waiting: [string, string][] = []
  const many = (table: Table, projectId: string) =>
    Array.from({ length: ROUNDS }, () => row(table, { projectId }))
  return () => {
    const pair = waiting.pop()
    if (pair !== undefined) return pair
    const projectId = row('projects')
    const templates = many(template, projectId)
    const [first, ...others] = many(assignment, projectId).flatMap((one) =>
      templates.map((templateId): [string, string] => [one, templateId]),
    )
    waiting = others
    return first ?? ['', '']
  }
}
