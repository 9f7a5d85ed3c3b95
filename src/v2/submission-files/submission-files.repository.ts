import { sql, type Kysely, type Transaction } from 'kysely'
import type { V2Tables } from '../tables.js'
import type { FileRecord } from './file-record.js'

/** The text of an instance's list; undefined where there is no such instance. */
export const findList = async (db: Kysely<V2Tables>, instanceId: string) =>
  db
    .selectFrom('v2_supplier_task_instances')
    .select(['submissionFiles as text', sql<0 | 1>`coalesce(json_valid(submissionFiles), 1)`.as('isJson')])
    .where('id', '=', instanceId)
    .executeTakeFirst()

/*
 * SQLite changes the list and not JavaScript: what is not touched keeps its numbers and its escapes, however
 * odd they are.
 */

export const addRecord = (trx: Transaction<V2Tables>, instanceId: string, record: FileRecord, now: number) =>
  update(trx, instanceId, sql`json_insert(coalesce(submissionFiles, '[]'), '$[#]', ${asJson(record)})`, now)

export const replaceRecord = (
  trx: Transaction<V2Tables>,
  instanceId: string,
  { index, record }: { index: number; record: FileRecord },
  now: number,
) => update(trx, instanceId, sql`json_replace(submissionFiles, ${`$[${index}]`}, ${asJson(record)})`, now)

export const removeRecord = (trx: Transaction<V2Tables>, instanceId: string, index: number, now: number) =>
  update(trx, instanceId, sql`json_remove(submissionFiles, ${`$[${index}]`})`, now)

const asJson = (record: FileRecord) => sql`json(${JSON.stringify(record)})`

async function update(trx: Transaction<V2Tables>, id: string, list: ReturnType<typeof sql>, now: number) {
  await trx
    .updateTable('v2_supplier_task_instances')
    .set({ submissionFiles: sql<string>`${list}`, updatedAt: now })
    .where('id', '=', id)
    .execute()
}
