import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { instanceStatuses } from '../../../kernel/instance-status.js'
import type { LegacySuffix } from '../../legacy/legacy-tables.js'
import { noneOf } from './integrity.js'

const SAMPLED_ROWS = 2_000

type Row = Record<string, unknown>

/**
 * Reads rows of both schemas and applies the rules anew, in TypeScript: a check that shares its SQL with
 * the copy would share its mistakes. A sample spread evenly over the table; the other checks see all rows.
 */
export function checkIndependently(db: Handle, legacySuffix: LegacySuffix): Check[] {
  return [
    checkInstances(db),
    checkTemplates(db),
    ...(legacySuffix === undefined ? [] : checkLegacy(db, legacySuffix)),
  ]
}

/** What the legacy tables have, and the rows of those and of v2 that they depend on, looked up one by one. */
function checkLegacy(db: Handle, suffix: '_old' | ''): Check[] {
  const [templates, instances] = [`task_templates${suffix}`, `task_instances${suffix}`]
  const one = (sql: string) => {
    const statement = db.prepare(sql)
    return (id: unknown) => statement.get(id) as Row | undefined
  }
  const templateOf = one(`SELECT * FROM ${templates} WHERE id = ?`)
  const assignmentOf = one(`SELECT * FROM supplier_projects${suffix} WHERE id = ?`)
  const sharedOf = one('SELECT * FROM supplier_project_instances WHERE id = ?')
  const placeOf = one('SELECT * FROM legacy_places WHERE taskTypeId = ?')
  const isSetAside = one('SELECT id FROM set_aside_instances WHERE id = ?')
  const rules = db.prepare('SELECT stored, status FROM status_rules').raw().all() as [string, string][]
  const isCounted = db.prepare('SELECT 1 FROM supplier_task_instances LIMIT 1').get() === undefined
  const wrongTemplates = sampled(db, templates, 'v2_project_task_templates').flatMap(({ id, v1, v2 }) =>
    differences('v2_project_task_templates', id, v2, {
      projectId: v1.projectId,
      taskId: placeOf(v1.taskTypeId)?.taskId,
      dueDate: instantOf(v1.canonicalDue, v2?.dueDate),
      notes: v1.description,
    }),
  )
  const wrongInstances = sampled(db, instances, 'v2_supplier_task_instances').flatMap(({ id, v1, v2 }) => {
    const shared = sharedOf(v2?.supplierProjectInstanceId)
    const legacy = assignmentOf(v1.supplierProjectId)
    const due = instantOf(templateOf(v1.taskTemplateId)?.canonicalDue, v2?.dueDate)
    const agreed = instantOf(v1.actualDue, v2?.actualDueDate ?? due)
    const status = statusOf(v1.status, rules)
    const isOverride = agreed !== null && (agreed !== due || v2?.actualDueDate === agreed)
    return [
      ...differences('supplier_project_instances', id, shared, {
        supplierId: legacy?.supplierId,
        projectId: legacy?.projectId,
      }),
      ...differences('v2_supplier_task_instances', id, v2, {
        projectTaskTemplateId: v1.taskTemplateId,
        status,
        ...(isOverride || status === 'completed' ? {} : { dueDate: due }),
        actualDueDate: isOverride ? agreed : null,
        completedAt: instantOf(v1.completedAt, v2?.completedAt),
        isApplied: isCounted && isSetAside(id) === undefined ? 1 : 0,
        notes: v1.notes,
        createdAt: instantOf(v1.createdAt, v2?.createdAt),
        updatedAt: instantOf(v1.updatedAt, v2?.updatedAt),
      }),
    ]
  })
  return [
    noneOf(
      'independent-legacy',
      'independent',
      'Rows of the legacy tables, read and compared outside SQL, are as the rules say',
      [...wrongTemplates, ...wrongInstances],
    ),
  ]
}

function checkInstances(db: Handle): Check {
  const rows = sampled(db, 'supplier_task_instances', 'v2_supplier_task_instances')
  const rules = db.prepare('SELECT stored, status FROM status_rules').raw().all() as [string, string][]
  const wrong = rows.flatMap(({ id, v1, v2 }) =>
    differences('v2_supplier_task_instances', id, v2, {
      supplierProjectInstanceId: v1.supplierProjectInstanceId,
      projectTaskTemplateId: v1.projectMilestoneTaskId,
      status: statusOf(v1.status, rules),
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
      sectionId: milestone.startsWith('unsectioned~') ? null : milestone,
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
      `SELECT * FROM ${v1Table} WHERE rowid % ? = 0 AND id NOT IN (SELECT rowId FROM migration_quarantine WHERE resolution IS NULL)`,
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

function statusOf(stored: unknown, rules: readonly (readonly [string, string])[]): unknown {
  if (typeof stored !== 'string' || instanceStatuses.some((status) => status === stored)) return stored
  const [, said] = rules.find(([from]) => from === stored) ?? []
  return said ?? stored.trim().toLowerCase().replaceAll(/[ -]/g, '_')
}

function flagOf(stored: unknown): unknown {
  if (typeof stored !== 'string') return stored
  return { true: 1, false: 0 }[stored.toLowerCase()]
}
