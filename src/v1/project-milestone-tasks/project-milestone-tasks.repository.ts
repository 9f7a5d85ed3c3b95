import type { Static, TObject } from '@sinclair/typebox'
import { sql, type Kysely, type Transaction } from 'kysely'
import { booleanOf, instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import type { Values } from '../../http/resource.js'
import { newId } from '../../kernel/new-id.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import { requireParents } from '../require-parents.js'
import type { V1Tables } from '../tables.js'
import type {
  CreateProjectMilestoneTask,
  PatchProjectMilestoneTask,
  ProjectMilestoneTaskFilters,
} from './project-milestone-tasks.schemas.js'

type Filters = Static<TObject<typeof ProjectMilestoneTaskFilters>>

const conditions: Conditions<Filters> = {
  projectId: equals('projectId'),
  milestoneId: equals('milestoneId'),
  taskId: equals('taskId'),
  isActive: (isActive) => sql`${booleanOf('isActive')} = ${isActive ? 1 : 0}`,
}

const rows = (db: Kysely<V1Tables>, hasResponsibleParties: boolean) =>
  db
    .selectFrom('project_milestone_tasks')
    .select(['id', 'projectId', 'milestoneId', 'taskId', 'notes'])
    .select([
      instantOf('dueDate').as('dueDate'),
      booleanOf('isActive').as('isActive'),
      sql<string | null>`${sql.raw(hasResponsibleParties ? 'responsibleParties' : 'null')}`.as(
        'responsibleParties',
      ),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

export const listProjectMilestoneTasks =
  (hasResponsibleParties: boolean) => (db: Kysely<V1Tables>, page: PageRequest, filters: Filters) =>
    rows(db, hasResponsibleParties)
      .where(onPage(page, conditions, filters))
      .orderBy('id')
      .limit(page.limit + 1)
      .execute()

export const findProjectMilestoneTask =
  (hasResponsibleParties: boolean) => (db: Kysely<V1Tables>, id: string) =>
    rows(db, hasResponsibleParties).where('id', '=', id).executeTakeFirst()

export async function insertProjectMilestoneTask(
  trx: Transaction<V1Tables>,
  values: Values<typeof CreateProjectMilestoneTask>,
  now: number,
) {
  await requireParents(trx, values)
  const id = newId(now)
  await trx
    .insertInto('project_milestone_tasks')
    .values({ isActive: 1, ...values, id, createdAt: now, updatedAt: now })
    .execute()
  return id
}

/** The due date apart: only `moveDueDate` changes it. */
export async function updateProjectMilestoneTask(
  trx: Transaction<V1Tables>,
  { id }: { id: string },
  values: Omit<Values<typeof PatchProjectMilestoneTask>, 'dueDate'>,
  now: number,
) {
  await trx
    .updateTable('project_milestone_tasks')
    .set({ ...values, updatedAt: now })
    .where('id', '=', id)
    .execute()
}

/** Its instances go with it. */
export async function deleteProjectMilestoneTask(trx: Transaction<V1Tables>, { id }: { id: string }) {
  await trx.deleteFrom('project_milestone_tasks').where('id', '=', id).execute()
}
