import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import { createInstancesOfAssignment } from '../missing-instances.js'
import type { V2Tables } from '../tables.js'
import {
  ensureAssignment,
  getAssignmentOf,
  updateAssignment,
} from './supplier-project-instances.repository.js'
import type { PatchAssignment } from './supplier-project-instances.schemas.js'

/**
 * Assigns a supplier to a project, and gives it an instance of every active template that it has none
 * of. Assigning again creates only what is missing, and leaves the assignment's status alone.
 *
 * Both must exist. `isNew` tells the first time from the others.
 */
export async function assignSupplier(
  trx: Transaction<V2Tables>,
  supplierId: string,
  projectId: string,
  now: number,
) {
  const isNew = await ensureAssignment(trx, { supplierId, projectId }, now)
  const assignment = await getAssignmentOf(trx, supplierId, projectId)
  return { assignment, isNew, ...(await createInstancesOfAssignment(trx, assignment.id, now)) }
}

/** One that becomes active gets the instances that it missed meanwhile. */
export async function changeAssignment(
  trx: Transaction<V2Tables>,
  assignment: { id: string; status: string },
  values: Values<typeof PatchAssignment>,
  now: number,
): Promise<void> {
  await updateAssignment(trx, assignment, values, now)
  if (values.status === 'active' && assignment.status !== 'active')
    await createInstancesOfAssignment(trx, assignment.id, now)
}
