import type { Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { emptyV1File } from '../helper.js'
import { adopt, contentsOf, copyOf, sqlConsole } from './migrated.js'

type Value = string | number | null | Buffer
type Values = Record<string, Value>

/** When everything was created, unless a test says otherwise. */
export const CREATED = Date.UTC(2026, 0, 5)
export const DUE = Date.UTC(2026, 5, 1)

/** Adds rows as a SQL console would; each builder fills in what the test does not care about. `alreadyGiven` rows have ids. */
export function givenIn(handle: Handle, alreadyGiven = 0) {
  let rows = alreadyGiven
  const add = (table: string, values: Values): string => {
    const row: Values = { id: `c${table}${String(++rows).padStart(3, '0')}`, ...values }
    const columns = Object.keys(row)
    handle
      .prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
      .run(...Object.values(row))
    return String(row.id)
  }
  const stamped = (table: string, values: Values) =>
    add(table, { createdAt: CREATED, updatedAt: CREATED, ...values })
  const unique = (what: string) => `${what} ${rows}`
  const milestoneOf = (task: Value) =>
    handle.prepare('SELECT milestoneId FROM tasks WHERE id = ?').pluck().get(task) as string

  const supplier = (values: Values = {}) =>
    stamped('suppliers', { name: unique('Supplier'), contactInfo: '', ...values })
  const project = (values: Values = {}) => stamped('projects', { name: unique('Project'), ...values })
  const taskType = (values: Values = {}) =>
    stamped('task_types', { name: unique('Type'), category: 'General', ...values })
  const milestone = (values: Values = {}) =>
    stamped('milestones', {
      taskTypeId: values.taskTypeId ?? taskType(),
      code: unique('X'),
      name: unique('Milestone'),
      sequence: 1,
      ...values,
    })
  const task = (values: Values = {}) =>
    stamped('tasks', {
      milestoneId: values.milestoneId ?? milestone(),
      name: unique('Task'),
      sequence: 1,
      ...values,
    })
  const template = (values: Values = {}) => {
    const taskId = values.taskId ?? task()
    return stamped('project_milestone_tasks', {
      projectId: values.projectId ?? project(),
      milestoneId: milestoneOf(taskId),
      dueDate: DUE,
      ...values,
      taskId,
    })
  }
  const assignment = (values: Values = {}) =>
    stamped('supplier_project_instances', {
      supplierId: values.supplierId ?? supplier(),
      projectId: values.projectId ?? project(),
      assignedAt: CREATED,
      ...values,
    })
  const instance = (values: Values = {}) => {
    const projectMilestoneTaskId = values.projectMilestoneTaskId ?? template()
    const projectId = handle
      .prepare('SELECT projectId FROM project_milestone_tasks WHERE id = ?')
      .pluck()
      .get(projectMilestoneTaskId) as string
    return stamped('supplier_task_instances', {
      supplierProjectInstanceId: values.supplierProjectInstanceId ?? assignment({ projectId }),
      dueDate: DUE,
      ...values,
      projectMilestoneTaskId,
    })
  }
  return { supplier, project, taskType, milestone, task, template, assignment, instance }
}

export const rowIn = (handle: Handle) => (table: string, id: string) =>
  handle.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id) as Record<string, unknown> | undefined

/** An adopted v1 file without rows, a console on it, and builders that write through that console. */
export async function v1File(t: Test, { responsibleParties = false } = {}) {
  const path = emptyV1File(t)
  const handle = sqlConsole(path)
  t.teardown(() => handle.close())
  if (responsibleParties)
    handle.exec('ALTER TABLE project_milestone_tasks ADD COLUMN responsibleParties TEXT')
  await adopt(path)
  return { path, handle, given: givenIn(handle), row: rowIn(handle) }
}

/** More than any test gives a file before it is copied. */
const ALREADY_GIVEN = 100

/** A copy of such a file, rows and all: a migration takes longer than what most tests do with its result. */
export function copiedFile(t: Test, path: string) {
  const copy = copyOf(t, path)
  const handle = sqlConsole(copy)
  t.teardown(() => handle.close())
  return { path: copy, handle, given: givenIn(handle, ALREADY_GIVEN), row: rowIn(handle) }
}

const v1Tables = [
  'suppliers',
  'projects',
  'task_types',
  'milestones',
  'tasks',
  'project_milestone_tasks',
  'supplier_project_instances',
  'supplier_task_instances',
  'supplier_projects_old',
  'task_templates_old',
  'task_instances_old',
]

const has = (handle: Handle, table: string) =>
  handle.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined

/** Every byte of every v1 table of the file, but for the assignments that a run has made of legacy ones. */
export const v1Contents = (handle: Handle): Record<string, unknown[]> =>
  Object.fromEntries(
    v1Tables
      .filter((table) => has(handle, table))
      .map((table) => [table, contentsOf(handle, table, madeOfLegacy(handle, table))]),
  )

const madeOfLegacy = (handle: Handle, table: string) =>
  table === 'supplier_project_instances' && has(handle, 'made_assignments')
    ? 'id NOT IN (SELECT id FROM made_assignments)'
    : '1'

/** Every byte of every v2 table of the file. */
export const v2Contents = (handle: Handle) => {
  const tables = handle.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'v2_*'`)
  return Object.fromEntries(
    (tables.pluck().all() as string[]).map((table) => [table, contentsOf(handle, table)]),
  )
}

/** Every table, index, view and trigger of the file, as it was declared. */
export const schemaOf = (handle: Handle): unknown[] =>
  handle.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all()
