import { sql, type Kysely, type Transaction } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import { notFound } from '../../kernel/problem.js'
import { equals, onPage, type Conditions } from '../list-conditions.js'
import type { Flag, V2Tables } from '../tables.js'

/** A project and a task type. */
export interface Pair {
  projectId: string
  taskTypeId: string
}

interface Filters {
  projectId: string
  isActive?: boolean
}

const conditions: Conditions<Filters> = {
  projectId: equals('projectId'),
  isActive: (isActive) => sql`isActive = ${isActive ? 1 : 0}`,
}

export const listProjectTaskTypes = (db: Kysely<V2Tables>, page: PageRequest, filters: Filters) =>
  db
    .selectFrom('v2_project_task_types')
    .selectAll()
    .where(onPage(page, conditions, filters))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()

export const findProjectTaskType = (db: Kysely<V2Tables>, { projectId, taskTypeId }: Pair) =>
  db
    .selectFrom('v2_project_task_types')
    .selectAll()
    .where('projectId', '=', projectId)
    .where('taskTypeId', '=', taskTypeId)
    .executeTakeFirst()

/** @throws Problem `not-found` */
export async function getProjectTaskType(db: Kysely<V2Tables>, pair: Pair) {
  const row = await findProjectTaskType(db, pair)
  if (row === undefined) throw notFound(`task type of the project "${pair.projectId}"`, pair.taskTypeId)
  return row
}

/** The project has the task type afterwards, on or off. The row's id is the same whoever makes it. */
export async function putProjectTaskType(
  trx: Transaction<V2Tables>,
  { projectId, taskTypeId }: Pair,
  isActive: Flag,
  now: number,
): Promise<void> {
  const id = `${projectId}~${taskTypeId}`
  await trx
    .insertInto('v2_project_task_types')
    .values({ id, projectId, taskTypeId, isActive, createdAt: now, updatedAt: now })
    .onConflict((taken) =>
      taken
        .columns(['projectId', 'taskTypeId'])
        .doUpdateSet({ isActive, updatedAt: now })
        .where('isActive', '<>', isActive),
    )
    .execute()
}

export async function deleteProjectTaskType(trx: Transaction<V2Tables>, { id }: { id: string }) {
  await trx.deleteFrom('v2_project_task_types').where('id', '=', id).execute()
}

/** Those of the project's templates of the task type that are switched off, or on. */
export const listTemplateIds = async (db: Kysely<V2Tables>, pair: Pair, isActive: Flag): Promise<string[]> =>
  (
    await db
      .selectFrom('v2_project_task_templates as template')
      .innerJoin('v2_tasks as task', 'task.id', 'template.taskId')
      .where('template.projectId', '=', pair.projectId)
      .where('task.taskTypeId', '=', pair.taskTypeId)
      .where('template.isActive', '=', isActive)
      .select('template.id')
      .orderBy('template.id')
      .execute()
  ).map(({ id }) => id)

export async function updateIsActive(
  trx: Transaction<V2Tables>,
  templateIds: readonly string[],
  isActive: Flag,
  now: number,
): Promise<void> {
  await sql`update v2_project_task_templates set isActive = ${isActive}, updatedAt = ${now}
    where id in (select value from json_each(${JSON.stringify(templateIds)}))`.execute(trx)
}
