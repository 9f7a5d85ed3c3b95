import BetterSqlite3 from 'better-sqlite3'
import type { Test } from 'tap'
import { v1Routes, type FileTraits } from '../../src/v1/index.js'
import type { V1Tables } from '../../src/v1/tables.js'
import { openV1, serve } from '../helper.js'

export const NOW = Date.UTC(2026, 2, 1)
/** A day of March 2026, as epoch milliseconds. */
export const march = (day: number) => Date.UTC(2026, 2, day)

type Values = Record<string, string | number | null>

/** The routes of /v1 over an empty v1 file, and what writes to that file as a SQL console would. */
export async function build(t: Test, traits: Partial<FileTraits> = {}) {
  const db = await openV1<V1Tables>(t)
  const sqlConsole = openConsole(t, db.path)
  if (traits.hasResponsibleParties)
    sqlConsole.exec('alter table project_milestone_tasks add column responsibleParties text')
  const all = { hasResponsibleParties: false, legacySuffix: '_old', ...traits } as const
  const routes = (...[app, context]: [Parameters<typeof v1Routes>[0], Parameters<typeof v1Routes>[1]]) =>
    v1Routes(app, context, all)
  const app = await serve<V1Tables>(t, '/v1', routes, { db, now: () => NOW })
  return { app, db, sqlConsole, given: givenBy(sqlConsole), stored: storedIn(sqlConsole) }
}

/** Foreign keys are off, as they are for an operator. */
function openConsole(t: Test, path: string) {
  const handle = new BetterSqlite3(path)
  handle.pragma('foreign_keys = OFF')
  t.teardown(() => handle.close())
  return handle
}

const storedIn = (handle: BetterSqlite3.Database) => (table: string, id: string) =>
  handle.prepare(`select * from ${table} where id = ?`).get(id) as Values | undefined

/** Builders: each fills in what the test does not care about, and gives the new row's id. */
function givenBy(handle: BetterSqlite3.Database) {
  let rows = 0
  const add = (table: string, values: Values) => {
    const row: Values = { id: `c${String(++rows).padStart(3, '0')}`, ...values }
    const columns = Object.keys(row)
    const places = columns.map((column) => `@${column}`)
    handle.prepare(`insert into ${table} (${columns.join()}) values (${places.join()})`).run(row)
    return String(row.id)
  }
  const stamped = (table: string, values: Values) => add(table, { createdAt: NOW, updatedAt: NOW, ...values })
  const unique = () => `name ${rows}`

  const supplier = (values: Values = {}) =>
    stamped('suppliers', { name: unique(), contactInfo: '', ...values })
  const project = (values: Values = {}) => stamped('projects', { name: unique(), ...values })
  const taskType = (values: Values = {}) =>
    stamped('task_types', { name: unique(), category: 'General', ...values })
  const milestone = (values: Values = {}) =>
    stamped('milestones', {
      taskTypeId: values.taskTypeId ?? taskType(),
      code: unique(),
      name: unique(),
      sequence: 1,
      ...values,
    })
  const task = (values: Values = {}) =>
    stamped('tasks', {
      milestoneId: values.milestoneId ?? milestone(),
      name: unique(),
      sequence: 1,
      ...values,
    })
  const assignment = (values: Values = {}) =>
    stamped('supplier_project_instances', {
      supplierId: values.supplierId ?? supplier(),
      projectId: values.projectId ?? project(),
      ...values,
    })
  const template = (values: Values = {}) => {
    const milestoneId = values.milestoneId ?? milestone()
    const parents = {
      projectId: values.projectId ?? project(),
      milestoneId,
      taskId: values.taskId ?? task({ milestoneId }),
    }
    return stamped('project_milestone_tasks', { dueDate: march(10), ...values, ...parents })
  }
  /** Of a new supplier, unless said otherwise. */
  const instance = (values: Values = {}) => {
    const projectMilestoneTaskId = values.projectMilestoneTaskId ?? template()
    const projectId = handle
      .prepare('select projectId from project_milestone_tasks where id = ?')
      .pluck()
      .get(projectMilestoneTaskId) as string
    return stamped('supplier_task_instances', {
      supplierProjectInstanceId: values.supplierProjectInstanceId ?? assignment({ projectId }),
      dueDate: march(10),
      ...values,
      projectMilestoneTaskId,
    })
  }
  return { add, stamped, supplier, project, taskType, milestone, task, assignment, template, instance }
}
