import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { onPage, type Conditions } from '../list-conditions.js'
import type { V2Tables } from '../tables.js'
import type { CreateProject, PatchProject, ProjectFilters } from './projects.schemas.js'

type Filters = Static<TObject<typeof ProjectFilters>>

const conditions: Conditions<Filters> = {
  supplierId: (id) => sql`id in (select projectId from supplier_project_instances where supplierId = ${id})`,
}

const rows = (db: Kysely<V2Tables>) =>
  db
    .selectFrom('projects')
    .select(['id', 'name', 'description'])
    .select([instantOf('createdAt').as('createdAt'), instantOf('updatedAt').as('updatedAt')])

export const listProjects = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  rows(db)
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findProject = (db: Kysely<V2Tables>, id: string) =>
  rows(db).where('id', '=', id).executeTakeFirst()

export async function insertProject(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateProject>,
  now: number,
) {
  const id = newId(now)
  await trx
    .insertInto('projects')
    .values({ description: null, ...values, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

export async function updateProject(
  trx: Transaction<V2Tables>,
  { id }: { id: string },
  values: Values<typeof PatchProject>,
  now: number,
) {
  await trx
    .updateTable('projects')
    .set({ ...values, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its templates, assignments and their instances go with the project. */
export async function deleteProject(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('projects').where('id', '=', id).execute()
}
