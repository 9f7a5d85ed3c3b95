import type { Static, TObject } from '@sinclair/typebox'
import type { Kysely, Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { requireParents } from '../require-parents.js'
import type { V1Tables } from '../tables.js'
import type {
  CreateSupplierProjectInstance,
  PatchSupplierProjectInstance,
  SupplierProjectInstanceFilters,
} from './supplier-project-instances.schemas.js'

type Filters = Static<TObject<typeof SupplierProjectInstanceFilters>>
type Pair = Values<typeof CreateSupplierProjectInstance>

const conditions: Conditions<Filters> = {
  supplierId: equals('supplierId'),
  projectId: equals('projectId'),
  status: equals('status'),
}

const rows = (db: Kysely<V1Tables>) =>
  db
    .selectFrom('supplier_project_instances')
    .select(['id', 'supplierId', 'projectId', 'status'])
    .select([
      instantOf('assignedAt').as('assignedAt'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

export const listSupplierProjectInstances = (db: Kysely<V1Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findSupplierProjectInstance = (db: Kysely<V1Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

export const findSupplierProjectInstanceOf = (db: Kysely<V1Tables>, { supplierId, projectId }: Pair) =>
  rows(db).where('supplierId', '=', supplierId).where('projectId', '=', projectId).executeTakeFirst()

export async function insertSupplierProjectInstance(trx: Transaction<V1Tables>, pair: Pair, now: number) {
  await requireParents(trx, pair)
  const id = newId(now)
  await trx
    .insertInto('supplier_project_instances')
    .values({ ...pair, id, status: 'active', assignedAt: now, createdAt: now, updatedAt: now })
    .execute()
  return id
}

export async function updateSupplierProjectInstance(
  trx: Transaction<V1Tables>,
  { id }: { id: string },
  values: Values<typeof PatchSupplierProjectInstance>,
  now: number,
) {
  await trx
    .updateTable('supplier_project_instances')
    .set({ ...values, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

export async function countCompletedOf(trx: Transaction<V1Tables>, { id }: { id: string }): Promise<number> {
  const { completed } = await trx
    .selectFrom('supplier_task_instances')
    .select(({ fn }) => fn.countAll<number>().as('completed'))
    .where('supplierProjectInstanceId', '=', id)
    .where('status', '=', 'completed')
    .executeTakeFirstOrThrow()
  return completed
}

/** Its supplier task instances go with it. */
export async function deleteSupplierProjectInstance(trx: Transaction<V1Tables>, { id }: { id: string }) {
  await trx.deleteFrom('supplier_project_instances').where('id', '=', id).execute()
}
