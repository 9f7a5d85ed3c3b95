import type { Transaction } from 'kysely'
import { invalidInput, type InputError } from '../kernel/problem.js'
import type { V1Tables } from './tables.js'

const parents = {
  supplierId: { table: 'suppliers', noun: 'supplier' },
  projectId: { table: 'projects', noun: 'project' },
  taskTypeId: { table: 'task_types', noun: 'task type' },
  milestoneId: { table: 'milestones', noun: 'milestone' },
  taskId: { table: 'tasks', noun: 'task' },
  supplierProjectInstanceId: { table: 'supplier_project_instances', noun: 'supplier project instance' },
  projectMilestoneTaskId: { table: 'project_milestone_tasks', noun: 'project milestone task' },
} as const

type Reference = keyof typeof parents

/** @throws Problem `invalid-input` with each reference among the values whose row does not exist */
export async function requireParents(
  trx: Transaction<V1Tables>,
  values: Partial<Record<Reference, string>>,
): Promise<void> {
  const errors: InputError[] = []
  for (const field of Object.keys(parents) as Reference[]) {
    const id = values[field]
    const { table, noun } = parents[field]
    if (id === undefined) continue
    const row = await trx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()
    if (row === undefined) errors.push({ path: `/${field}`, message: `must be the id of a ${noun}` })
  }
  if (errors.length > 0) throw invalidInput(errors)
}
