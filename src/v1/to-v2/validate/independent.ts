import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { noneOf } from './integrity.js'

const SAMPLED_ROWS = 2_000

type Row = Record<string, unknown>

/**
 * Reads rows of both schemas and applies the rules anew, in TypeScript: a check that shares its SQL with
 * the copy would share its mistakes. A sample spread evenly over the table; the other checks see all rows.
 */
export function checkIndependently(db: Handle): Check[] {
  return [checkInstances(db), checkTemplates(db)]
}

function checkInstances(db: Handle): Check {
  const rows = sampled(db, 'supplier_task_instances', 'v2_supplier_task_instances')
  const wrong = rows.flatMap(({ id, v1, v2 }) =>
    differences('v2_supplier_task_instances', id, v2, {
      supplierProjectInstanceId: v1.supplierProjectInstanceId,
      projectTaskTemplateId: v1.projectMilestoneTaskId,
      status: v1.status,
      dueDate: instantOf(v1.dueDate, v2?.dueDate),
      actualDueDate: instantOf(v1.actualDueDate, v2?.actualDueDate),
      completedAt: instantOf(v1.completedAt, v2?.completedAt),
      isApplied: flagOf(v1.isApplied),
      notes: v1.notes,
      submissionFiles: v1.submissionFiles,
      createdAt: instantOf(v1.createdAt, v2?.createdAt),
      updatedAt: instantOf(v1.updatedAt, v2?.updatedAt),
    }),
  )
  return noneOf(
    'independent-instances',
    'independent',
    `${rows.length} instances, read and compared outside SQL, are as the rules say`,
    wrong,
  )
}

function checkTemplates(db: Handle): Check {
  const rows = sampled(db, 'project_milestone_tasks', 'v2_project_task_templates')
  const homeOf = db.prepare('SELECT milestoneId FROM tasks WHERE id = ?').pluck()
  const wrong = rows.flatMap(({ id, v1, v2 }) => {
    const [task, milestone] = [v1.taskId as string, v1.milestoneId as string]
    return differences('v2_project_task_templates', id, v2, {
      projectId: v1.projectId,
      taskId: homeOf.get(task) === milestone ? task : `${task}~${milestone}`,
      sectionId: milestone,
      dueDate: instantOf(v1.dueDate, v2?.dueDate),
      isActive: flagOf(v1.isActive),
      notes: v1.notes,
    })
  })
  return noneOf(
    'independent-templates',
    'independent',
    `${rows.length} templates, read and compared outside SQL, are as the rules say`,
    wrong,
  )
}

/** v1's and v2's row of ids spread over the table; rows in quarantine have no v2 row to compare. */
function sampled(
  db: Handle,
  v1Table: string,
  v2Table: string,
): { id: string; v1: Row; v2: Row | undefined }[] {
  const total = db.prepare(`SELECT count(*) FROM ${v1Table}`).pluck().get() as number
  const step = Math.max(1, Math.floor(total / SAMPLED_ROWS))
  const v2Row = db.prepare(`SELECT * FROM ${v2Table} WHERE id = ?`)
  const rows = db
    .prepare(
      `SELECT * FROM ${v1Table} WHERE rowid % ? = 0 AND id NOT IN (SELECT rowId FROM migration_quarantine)`,
    )
    .all(step) as Row[]
  return rows.map((v1) => ({ id: v1.id as string, v1, v2: v2Row.get(v1.id) as Row | undefined }))
}

function differences(table: string, id: string, actual: Row | undefined, expected: Row): object[] {
  if (actual === undefined) return [{ table, id, column: 'id', expected: 'a row', actual: 'no row' }]
  return Object.entries(expected)
    .filter(([column, value]) => actual[column] !== value)
    .map(([column, value]) => ({ table, id, column, expected: value, actual: actual[column] }))
}

/**
 * `2026-03-01 10:00:00` is UTC; ISO 8601 says what it is. Of an instant between two milliseconds either
 * will do: SQLite's rounding differs from one version to the next.
 */
function instantOf(stored: unknown, actual: unknown): unknown {
  if (typeof stored !== 'string') return stored
  const [, day, time, fraction, zone] =
    /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(stored) ?? []
  if (day === undefined || time === undefined) return undefined
  const exact = Date.parse(`${day}T${time}${zone ?? 'Z'}`) + Number((Number(fraction ?? 0) * 1000).toFixed(6))
  return typeof actual === 'number' && Math.abs(actual - exact) < 1 ? actual : Math.round(exact)
}

function flagOf(stored: unknown): unknown {
  if (typeof stored !== 'string') return stored
  return { true: 1, false: 0 }[stored.toLowerCase()]
}
