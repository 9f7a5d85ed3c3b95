import type { Handle } from '../../../db/database.js'
import { storedInstant } from '../../../db/stored-instant.js'
import { DAY_MS } from '../../../kernel/due-date.js'
import type { OverrideGroup, OverridePatterns, Spread } from '../../../migration/assessment.js'

const LISTED = 100

/** Where a model keeps due dates and those agreed beside them. */
interface Model {
  table: string
  /** FROM clause: instances `i`, assignments `a`. */
  from: string
  due: string
  override: string
  /** SQL that is true of an override. */
  isOverride: string
}

const active: Model = {
  table: 'supplier_task_instances',
  from: 'supplier_task_instances i LEFT JOIN supplier_project_instances a ON a.id = i.supplierProjectInstanceId',
  due: 'i.dueDate',
  override: 'i.actualDueDate',
  isOverride: 'i.actualDueDate IS NOT NULL',
}

/** There a date that says again what the template says is none. */
const legacy = (suffix: string): Model => ({
  table: `task_instances${suffix}`,
  from: `task_instances${suffix} i LEFT JOIN supplier_projects${suffix} a ON a.id = i.supplierProjectId
    LEFT JOIN task_templates${suffix} p ON p.id = i.taskTemplateId`,
  due: 'p.canonicalDue',
  override: 'i.actualDue',
  isOverride: `i.actualDue IS NOT NULL AND ${storedInstant('i.actualDue')} IS NOT ${storedInstant('p.canonicalDue')}`,
})

/** How far suppliers' due dates are from the planned ones, in the model that v1's dashboard counts. */
export function overridePatterns(db: Handle, legacySuffix: string | undefined): OverridePatterns {
  const model = legacySuffix === undefined ? active : legacy(legacySuffix)
  const all: number[] = []
  const projects = new Map<string, number[]>()
  const suppliers = new Map<string, number[]>()
  for (const [project, supplier, days] of daysOf(db, model)) {
    all.push(days)
    add(projects, project, days)
    add(suppliers, supplier, days)
  }
  return {
    table: model.table,
    instances: db.prepare(`SELECT count(*) FROM ${model.table}`).pluck().get() as number,
    overrides: all.length,
    earlier: all.filter((days) => days < 0).length,
    same: all.filter((days) => days === 0).length,
    later: all.filter((days) => days > 0).length,
    spreadDays: all.length === 0 ? null : spreadOf(all),
    projects: projects.size,
    byProject: listed(db, 'projects', projects),
    suppliers: suppliers.size,
    bySupplier: listed(db, 'suppliers', suppliers),
  }
}

type Override = [project: string | null, supplier: string | null, days: number]

const daysOf = (db: Handle, { from, due, override, isOverride }: Model) =>
  db
    .prepare(
      `SELECT a.projectId, a.supplierId, (${storedInstant(override)} - ${storedInstant(due)}) / ${DAY_MS}.0 AS days
       FROM ${from} WHERE ${isOverride} AND days IS NOT NULL`,
    )
    .raw()
    .iterate() as Iterable<Override>

/** An orphan's override is in the count, and in nobody's list. */
function add(groups: Map<string, number[]>, id: string | null, days: number): void {
  if (id === null) return
  const group = groups.get(id)
  if (group === undefined) groups.set(id, [days])
  else group.push(days)
}

function listed(db: Handle, table: string, groups: ReadonlyMap<string, readonly number[]>): OverrideGroup[] {
  const name = db.prepare(`SELECT CAST(name AS TEXT) FROM ${table} WHERE id = ?`).pluck()
  return [...groups]
    .toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .slice(0, LISTED)
    .map(([id, days]) => ({
      id,
      name: (name.get(id) as string | null | undefined) ?? '',
      overrides: days.length,
      spreadDays: spreadOf(days),
    }))
}

/** To a hundredth of a day. */
function spreadOf(days: readonly number[]): Spread {
  const sorted = Float64Array.from(days).sort()
  const at = (index: number) => sorted[Math.floor(index)] ?? 0
  const middle = (sorted.length - 1) / 2
  const rounded = (value: number) => Math.round(value * 100) / 100
  return {
    min: rounded(at(0)),
    median: rounded((at(middle) + at(middle + 0.5)) / 2),
    max: rounded(at(sorted.length - 1)),
  }
}
