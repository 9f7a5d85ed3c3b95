import type { Test } from 'tap'
import { CREATED, DUE, v1File } from './v1-file.js'

export const DAY = 86_400_000

/** A v1 file without rows, whose legacy tables have that suffix, and builders for those. */
export async function legacyFile(t: Test, suffix: '_old' | '' = '_old') {
  const file = await v1File(t)
  const { handle, given, path } = file
  handle.pragma('foreign_keys = ON')
  if (suffix === '')
    for (const table of ['supplier_projects', 'task_templates', 'task_instances'])
      handle.exec(`ALTER TABLE ${table}_old RENAME TO ${table}`)
  const names = {
    assignments: `supplier_projects${suffix}`,
    templates: `task_templates${suffix}`,
    instances: `task_instances${suffix}`,
  }
  let rows = 0
  const add = (table: string, values: Record<string, string | number | null>) => {
    const row = { id: `l${table.slice(0, 6)}${++rows}`, ...values }
    const columns = Object.keys(row)
    handle
      .prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
      .run(...Object.values(row))
    return row.id
  }
  const legacy = {
    assignment: (values: { supplierId: string; projectId: string; id?: string }) =>
      add(names.assignments, { assignedAt: CREATED, ...values }),
    template: (values: { taskTypeId: string; projectId: string }) =>
      add(names.templates, { canonicalDue: DUE, createdAt: CREATED, updatedAt: CREATED, ...values }),
    instance: (
      values: { supplierProjectId: string; taskTemplateId: string } & Record<string, string | number>,
    ) => add(names.instances, { createdAt: CREATED, updatedAt: CREATED, ...values }),
  }
  /** One legacy instance with its parents. */
  const work = (values: Record<string, string | number> = {}) => {
    const [supplierId, projectId, taskTypeId] = [given.supplier(), given.project(), given.taskType()]
    const supplierProjectId = legacy.assignment({ supplierId, projectId })
    const taskTemplateId = legacy.template({ taskTypeId, projectId })
    const id = legacy.instance({ supplierProjectId, taskTemplateId, ...values })
    return { id, supplierId, projectId, taskTypeId, supplierProjectId, taskTemplateId }
  }
  const inV2 = (table: 'template' | 'instance' | 'task' | 'section', id: string) =>
    file.row(
      {
        template: 'v2_project_task_templates',
        instance: 'v2_supplier_task_instances',
        task: 'v2_tasks',
        section: 'v2_task_type_sections',
      }[table],
      id,
    )
  return { ...file, path, names, legacy, work, inV2 }
}
