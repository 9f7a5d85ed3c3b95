import type { Static, TObject } from '@sinclair/typebox'
import type { Kysely, Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import type { V2Tables } from '../tables.js'
import type { CreateTaskType, PatchTaskType, TaskTypeFilters } from './task-types.schemas.js'

type Filters = Static<TObject<typeof TaskTypeFilters>>

const conditions: Conditions<Filters> = { category: equals('category') }

const rows = (db: Kysely<V2Tables>) =>
  db
    .selectFrom('task_types')
    .select(['id', 'name', 'category', 'description'])
    .select([instantOf('createdAt').as('createdAt'), instantOf('updatedAt').as('updatedAt')])

export const listTaskTypes = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findTaskType = (db: Kysely<V2Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

export async function insertTaskType(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateTaskType>,
  now: number,
) {
  const id = newId(now)
  await trx
    .insertInto('task_types')
    .values({ description: null, ...values, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

export async function updateTaskType(
  trx: Transaction<V2Tables>,
  { id }: { id: string },
  values: Values<typeof PatchTaskType>,
  now: number,
) {
  await trx
    .updateTable('task_types')
    .set({ ...values, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its sections and tasks, and what projects and suppliers have of them, go with the task type. */
export async function deleteTaskType(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('task_types').where('id', '=', id).execute()
}
