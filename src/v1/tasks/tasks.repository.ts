import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type Transaction } from 'kysely'
import { booleanOf, instantOf } from '../../db/stored-instant.js'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { requireParents } from '../require-parents.js'
import type { TasksTable, V1Tables } from '../tables.js'
import type { CreateTask, PatchTask, TaskFilters } from './tasks.schemas.js'

type Filters = Static<TObject<typeof TaskFilters>>

const conditions: Conditions<Filters> = {
  milestoneId: equals('milestoneId'),
  taskTypeId: (id) => sql`milestoneId in (select id from milestones where taskTypeId = ${id})`,
}

const rows = (db: Kysely<V1Tables>) =>
  db
    .selectFrom('tasks')
    .select(['id', 'milestoneId', 'name', 'description', 'sequence'])
    .select([
      booleanOf('isRequired').as('isRequired'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

export const listTasks = (db: Kysely<V1Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findTask = (db: Kysely<V1Tables>, id: string) => rows(db).where('id', '=', id).executeTakeFirst()

export async function insertTask(trx: Transaction<V1Tables>, values: Values<typeof CreateTask>, now: number) {
  await requireParents(trx, values)
  const id = newId(now)
  await trx
    .insertInto('tasks')
    .values({ isRequired: 1, ...values, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

const changeable = ['name', 'description', 'sequence', 'isRequired'] as const
type Changes = Pick<TasksTable, (typeof changeable)[number]>

export async function updateTask(
  trx: Transaction<V1Tables>,
  { id }: { id: string },
  values: Values<typeof PatchTask>,
  now: number,
) {
  await requireParents(trx, values)
  const { milestoneId, ...changes } = values
  await trx
    .updateTable('tasks')
    .set({ milestoneId, ...setGiven<Changes>(changeable, changes), updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its project milestone tasks and their instances go with the task. */
export async function deleteTask(trx: Transaction<V1Tables>, { id }: { id: string }) {
  await trx.deleteFrom('tasks').where('id', '=', id).execute()
}
