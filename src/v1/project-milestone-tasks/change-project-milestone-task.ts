import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import type { Propagation } from '../../kernel/due-date.js'
import { createInstancesOfTemplate } from '../supplier-task-instances/missing-instances.js'
import type { V1Tables } from '../tables.js'
import { moveDueDate } from './move-due-date.js'
import {
  insertProjectMilestoneTask,
  updateProjectMilestoneTask,
} from './project-milestone-tasks.repository.js'
import type {
  CreateProjectMilestoneTask,
  PatchProjectMilestoneTask,
} from './project-milestone-tasks.schemas.js'

/** With the instances of the suppliers that work on the project. Gives the new row's id. */
export async function addProjectMilestoneTask(
  trx: Transaction<V1Tables>,
  values: Values<typeof CreateProjectMilestoneTask>,
  now: number,
): Promise<string> {
  const id = await insertProjectMilestoneTask(trx, values, now)
  await createInstancesOfTemplate(trx, id, now)
  return id
}

/** A new due date goes to the instances, and activating makes those that are missing. */
export async function changeProjectMilestoneTask(
  trx: Transaction<V1Tables>,
  row: { id: string; isActive: 0 | 1 },
  { dueDate, ...columns }: Values<typeof PatchProjectMilestoneTask>,
  now: number,
): Promise<Propagation> {
  if (Object.keys(columns).length > 0) await updateProjectMilestoneTask(trx, row, columns, now)
  const propagation = dueDate === undefined ? noPropagation : await moveDueDate(trx, row.id, dueDate, now)
  if (columns.isActive === 1 && row.isActive !== 1) await createInstancesOfTemplate(trx, row.id, now)
  return propagation
}

const noPropagation: Propagation = { updated: 0, keptOverride: 0, keptCompleted: 0 }
