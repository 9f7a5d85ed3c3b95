import type { Static, TObject } from '@sinclair/typebox'
import type { Kysely, Transaction } from 'kysely'
import { booleanOf, instantOf } from '../../db/stored-instant.js'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { requireParents } from '../require-parents.js'
import type { MilestonesTable, V1Tables } from '../tables.js'
import type { CreateMilestone, MilestoneFilters, PatchMilestone } from './milestones.schemas.js'

type Filters = Static<TObject<typeof MilestoneFilters>>

const conditions: Conditions<Filters> = { taskTypeId: equals('taskTypeId') }

const rows = (db: Kysely<V1Tables>) =>
  db
    .selectFrom('milestones')
    .select(['id', 'taskTypeId', 'code', 'name', 'description', 'sequence'])
    .select([
      booleanOf('isRequired').as('isRequired'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

export const listMilestones = (db: Kysely<V1Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findMilestone = (db: Kysely<V1Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

export async function insertMilestone(
  trx: Transaction<V1Tables>,
  values: Values<typeof CreateMilestone>,
  now: number,
) {
  await requireParents(trx, values)
  const id = newId(now)
  await trx
    .insertInto('milestones')
    .values({ isRequired: 1, ...values, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

const changeable = ['code', 'name', 'description', 'sequence', 'isRequired'] as const
type Changes = Pick<MilestonesTable, (typeof changeable)[number]>

export async function updateMilestone(
  trx: Transaction<V1Tables>,
  { id }: { id: string },
  values: Values<typeof PatchMilestone>,
  now: number,
) {
  await requireParents(trx, values)
  const { taskTypeId, ...changes } = values
  await trx
    .updateTable('milestones')
    .set({ taskTypeId, ...setGiven<Changes>(changeable, changes), updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its tasks, their project milestone tasks and their instances go with the milestone. */
export async function deleteMilestone(trx: Transaction<V1Tables>, { id }: { id: string }) {
  await trx.deleteFrom('milestones').where('id', '=', id).execute()
}
