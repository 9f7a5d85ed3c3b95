import type { Kysely, Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { readStoredList } from '../../kernel/stored-json.js'
import type { SuppliersTable, V2Tables } from '../tables.js'
import type { CreateSupplier, PatchSupplier } from './suppliers.schemas.js'

const rows = (db: Kysely<V2Tables>) =>
  db
    .selectFrom('suppliers')
    .select(['id', 'name', 'supplierNumber', 'location', 'contacts', 'contactInfo'])
    .select([instantOf('createdAt').as('createdAt'), instantOf('updatedAt').as('updatedAt')])

const asItem = ({ contacts, ...row }: SuppliersTable) => {
  const { list, raw } = readStoredList(contacts)
  return { ...row, contacts: list, contactsRaw: raw }
}

export async function listSuppliers(
  db: Kysely<V2Tables>,
  page: PageRequest,
  filters: { projectId?: string },
) {
  const { projectId } = filters
  const found = await rows(db)
    .$if(page.after !== undefined, (query) => query.where('id', '>', page.after ?? ''))
    .$if(projectId !== undefined, (query) =>
      query.where('id', 'in', (sub) =>
        sub
          .selectFrom('supplier_project_instances')
          .select('supplierId')
          .where('projectId', '=', projectId ?? ''),
      ),
    )
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
  return found.map(asItem)
}

export async function findSupplier(db: Kysely<V2Tables>, id: string) {
  const row = await rows(db).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : asItem(row)
}

export async function insertSupplier(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateSupplier>,
  now: number,
) {
  const id = newId(now)
  const { contacts, ...columns } = values
  await trx
    .insertInto('suppliers')
    .values({
      supplierNumber: null,
      location: null,
      contactInfo: '',
      ...columns,
      contacts: contacts === undefined ? null : JSON.stringify(contacts),
      id,
      createdAt: now,
      updatedAt: now,
    })
    .execute()
  return id
}

export async function updateSupplier(
  trx: Transaction<V2Tables>,
  { id }: { id: string },
  values: Values<typeof PatchSupplier>,
  now: number,
) {
  const { contacts, ...columns } = values
  const changed = contacts === undefined ? columns : { ...columns, contacts: JSON.stringify(contacts) }
  await trx
    .updateTable('suppliers')
    .set({ ...changed, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Assignments and their instances go with the supplier. */
export async function deleteSupplier(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('suppliers').where('id', '=', id).execute()
}
