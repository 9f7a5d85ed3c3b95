import type { Static, TObject } from '@sinclair/typebox'
import type { Kysely, Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import type { V2Tables } from '../tables.js'
import type { AssignmentFilters, PatchAssignment } from './supplier-project-instances.schemas.js'

type Filters = Static<TObject<typeof AssignmentFilters>>

const conditions: Conditions<Filters> = {
  supplierId: equals('supplierId'),
  projectId: equals('projectId'),
  status: equals('status'),
}

const rows = (db: Kysely<V2Tables>) =>
  db
    .selectFrom('supplier_project_instances')
    .select(['id', 'supplierId', 'projectId', 'status'])
    .select([
      instantOf('assignedAt').as('assignedAt'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

export const listAssignments = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findAssignment = (db: Kysely<V2Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

export const getAssignmentOf = (db: Kysely<V2Tables>, supplierId: string, projectId: string) =>
  rows(db).where('supplierId', '=', supplierId).where('projectId', '=', projectId).executeTakeFirstOrThrow()

/** Says whether the pair was not assigned before. */
export async function ensureAssignment(
  trx: Transaction<V2Tables>,
  pair: { supplierId: string; projectId: string },
  now: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('supplier_project_instances')
    .values({ ...pair, id: newId(now), status: 'active', assignedAt: now, createdAt: now, updatedAt: now })
    .onConflict((taken) => taken.columns(['supplierId', 'projectId']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function updateAssignment(
  trx: Transaction<V2Tables>,
  { id }: { id: string },
  values: Values<typeof PatchAssignment>,
  now: number,
) {
  await trx
    .updateTable('supplier_project_instances')
    .set({ ...values, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

export async function countCompletedOf(trx: Transaction<V2Tables>, { id }: { id: string }): Promise<number> {
  const { completed } = await trx
    .selectFrom('v2_supplier_task_instances')
    .select(({ fn }) => fn.countAll<number>().as('completed'))
    .where('supplierProjectInstanceId', '=', id)
    .where('status', '=', 'completed')
    .executeTakeFirstOrThrow()
  return completed
}

/** Its supplier task instances go with the assignment. */
export async function deleteAssignment(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('supplier_project_instances').where('id', '=', id).execute()
}
