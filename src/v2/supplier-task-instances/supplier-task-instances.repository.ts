import type { Kysely, Selectable, Transaction } from 'kysely'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import { fromWire } from '../../http/wire.js'
import { isOverdue } from '../../kernel/due-date.js'
import { newId } from '../../kernel/new-id.js'
import { readStoredList } from '../../kernel/stored-json.js'
import type { SupplierTaskInstancesTable, V2Tables } from '../tables.js'
import { filterSchema, type Filters } from './instance-filters.js'
import { selectInstances } from './list-instances.js'

const asItem = <Row extends Selectable<SupplierTaskInstancesTable>>(
  { submissionFiles, ...row }: Row,
  asOf: number,
) => {
  const { list, raw } = readStoredList(submissionFiles)
  return {
    ...row,
    isOverdue: isOverdue({ ...row, isApplied: row.isApplied === 1 }, asOf),
    asOf,
    submissionFiles: list,
    submissionFilesRaw: raw,
  }
}

export type InstanceRow = ReturnType<typeof asItem<Selectable<SupplierTaskInstancesTable>>>

export async function listInstances(db: Kysely<V2Tables>, page: PageRequest, filters: Filters, now: number) {
  const { asOf = now } = fromWire(filterSchema, filters)
  return (await selectInstances(db, page, filters, asOf)).map((row) => asItem(row, asOf))
}

export async function findInstance(db: Kysely<V2Tables>, id: string, now: number) {
  return (await findInstances(db, [id], now))[0]
}

/** Those of the ids that exist, in no order. */
export async function findInstances(db: Kysely<V2Tables>, ids: readonly string[], now: number) {
  const rows = await db.selectFrom('v2_supplier_task_instances').selectAll().where('id', 'in', ids).execute()
  return rows.map((row) => asItem(row, now))
}

type Columns = Omit<SupplierTaskInstancesTable, 'id' | 'createdAt' | 'updatedAt' | 'effectiveDueDate'>

export async function insertInstance(trx: Transaction<V2Tables>, columns: Columns, now: number) {
  const id = newId(now)
  await trx
    .insertInto('v2_supplier_task_instances')
    .values({ ...columns, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

const changeable = [
  ...(['status', 'blockedReason', 'completedAt', 'dueDate', 'actualDueDate'] as const),
  ...(['owner', 'notes', 'isApplied', 'submissionFiles'] as const),
]
type Changes = Pick<Columns, (typeof changeable)[number]>

export async function updateInstance(
  trx: Transaction<V2Tables>,
  id: string,
  changes: Partial<Changes>,
  now: number,
) {
  await trx
    .updateTable('v2_supplier_task_instances')
    .set({ ...setGiven<Changes>(changeable, changes), updatedAt: now })
    .where('id', '=', id)
    .execute()
}

export async function deleteInstance(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('v2_supplier_task_instances').where('id', '=', id).execute()
}
