import type { Transaction } from 'kysely'
import { createInstancesOfTemplates } from '../missing-instances.js'
import type { Flag, V2Tables } from '../tables.js'
import {
  findProjectTaskType,
  listTemplateIds,
  putProjectTaskType,
  updateIsActive,
  type Pair,
} from './project-task-types.repository.js'

/**
 * Switches a task type on or off for a project, and with it each of the project's templates of it: which
 * of them were off before it was switched off, nobody remembers. Off, the instances stay as they are;
 * on, the assigned suppliers get those that they lack.
 */
export async function switchTaskType(
  trx: Transaction<V2Tables>,
  pair: Pair,
  isActive: Flag,
  now: number,
): Promise<{ templatesChanged: number; instancesCreated: number }> {
  await putProjectTaskType(trx, pair, isActive, now)
  const changing = await listTemplateIds(trx, pair, isActive === 1 ? 0 : 1)
  await updateIsActive(trx, changing, isActive, now)
  const { created } = isActive === 1 ? await createInstancesOfTemplates(trx, changing, now) : { created: 0 }
  return { templatesChanged: changing.length, instancesCreated: created }
}

/**
 * A project has a task type on while any of its templates of it is active, as v1 had it. Call after a
 * template was added or switched.
 */
export async function followTemplates(trx: Transaction<V2Tables>, pair: Pair, now: number): Promise<void> {
  const isActive = (await listTemplateIds(trx, pair, 1)).length > 0 ? 1 : 0
  await putProjectTaskType(trx, pair, isActive, now)
}

/** Whether the project has the task type, and it is on. */
export const isOn = async (trx: Transaction<V2Tables>, pair: Pair): Promise<boolean> =>
  (await findProjectTaskType(trx, pair))?.isActive === 1
