import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import {
  createInstancesOfAssignment,
  type MissingInstances,
} from '../supplier-task-instances/missing-instances.js'
import type { V1Tables } from '../tables.js'
import {
  findSupplierProjectInstanceOf,
  insertSupplierProjectInstance,
  updateSupplierProjectInstance,
} from './supplier-project-instances.repository.js'
import type {
  CreateSupplierProjectInstance,
  PatchSupplierProjectInstance,
} from './supplier-project-instances.schemas.js'

/**
 * Assigns the supplier to the project. An assignment that exists stays as it is, and gets the instances
 * that it lacks.
 *
 * @throws Problem `invalid-input` where the supplier or the project does not exist
 */
export async function assign(
  trx: Transaction<V1Tables>,
  pair: Values<typeof CreateSupplierProjectInstance>,
  now: number,
): Promise<{ id: string; isNew: boolean; instances: MissingInstances }> {
  const existing = await findSupplierProjectInstanceOf(trx, pair)
  const id = existing?.id ?? (await insertSupplierProjectInstance(trx, pair, now))
  const instances = await createInstancesOfAssignment(trx, id, now)
  return { id, isNew: existing === undefined, instances }
}

/** One that becomes active gets the instances that it missed meanwhile. */
export async function changeSupplierProjectInstance(
  trx: Transaction<V1Tables>,
  row: { id: string; status: string },
  values: Values<typeof PatchSupplierProjectInstance>,
  now: number,
): Promise<void> {
  await updateSupplierProjectInstance(trx, row, values, now)
  if (values.status === 'active' && row.status !== 'active')
    await createInstancesOfAssignment(trx, row.id, now)
}
