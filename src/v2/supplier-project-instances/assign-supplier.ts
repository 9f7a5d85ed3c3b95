import type { Transaction } from 'kysely'
import { createInstancesOfAssignment } from '../missing-instances.js'
import type { V2Tables } from '../tables.js'
import { ensureAssignment, getAssignmentOf } from './supplier-project-instances.repository.js'

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
