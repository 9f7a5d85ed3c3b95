import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type Transaction } from 'kysely'
import { setGiven } from '../../db/set-given.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { conflict } from '../../kernel/problem.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import { getReferred } from '../references.js'
import { nextSequence, sectionsOf } from '../sibling-order/sibling-order.repository.js'
import type { SectionsTable, V2Tables } from '../tables.js'
import type { CreateSection, PatchSection, SectionFilters } from './sections.schemas.js'

type Filters = Static<TObject<typeof SectionFilters>>

const conditions: Conditions<Filters> = { taskTypeId: equals('taskTypeId') }

export const listSections = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  db
    .selectFrom('v2_task_type_sections')
    .selectAll()
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findSection = (db: Kysely<V2Tables>, id: string) =>
  db.selectFrom('v2_task_type_sections').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertSection(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateSection>,
  now: number,
) {
  await getReferred(trx, 'task_types', values.taskTypeId, '/taskTypeId')
  const id = newId(now)
  const sequence = values.sequence ?? (await nextSequence(trx, sectionsOf(values.taskTypeId)))
  const defaults = { code: null, description: null, isRequired: 1 } as const
  await trx
    .insertInto('v2_task_type_sections')
    .values({ ...defaults, ...values, sequence, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

const changeable = ['code', 'name', 'description', 'sequence', 'isRequired'] as const
type Changes = Pick<SectionsTable, (typeof changeable)[number]>

export async function updateSection(
  trx: Transaction<V2Tables>,
  { id }: { id: string },
  values: Values<typeof PatchSection>,
  now: number,
) {
  await trx
    .updateTable('v2_task_type_sections')
    .set({ ...setGiven<Changes>(changeable, values), updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** @throws Problem `section-has-tasks`: the suppliers' records would go with them */
export async function deleteSection(trx: Transaction<V2Tables>, { id }: { id: string }) {
  const { tasks, templates } = await countContents(trx, id)
  if (tasks > 0 || templates > 0)
    throw conflict(
      'section-has-tasks',
      `The section "${id}" has ${tasks} tasks and ${templates} project task templates. Move or delete its tasks first.`,
    )
  await trx.deleteFrom('v2_task_type_sections').where('id', '=', id).execute()
}

async function countContents(trx: Transaction<V2Tables>, id: string) {
  const { rows } = await sql<{ tasks: number; templates: number }>`select
    (select count(*) from v2_tasks where sectionId = ${id}) as tasks,
    (select count(*) from v2_project_task_templates where sectionId = ${id}) as templates`.execute(trx)
  return rows[0] ?? { tasks: 0, templates: 0 }
}
