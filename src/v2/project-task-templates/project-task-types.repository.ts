import type { Transaction } from 'kysely'
import type { V2Tables } from '../tables.js'

/** The project uses the task type afterwards. Its id is the same whoever makes the row. */
export async function ensureProjectTaskType(
  trx: Transaction<V2Tables>,
  projectId: string,
  taskTypeId: string,
  now: number,
) {
  const id = `${projectId}~${taskTypeId}`
  await trx
    .insertInto('v2_project_task_types')
    .values({ id, projectId, taskTypeId, isActive: 1, createdAt: now, updatedAt: now })
    .onConflict((taken) =>
      taken
        .columns(['projectId', 'taskTypeId'])
        .doUpdateSet({ isActive: 1, updatedAt: now })
        .where('isActive', '=', 0),
    )
    .execute()
  return trx
    .selectFrom('v2_project_task_types')
    .selectAll()
    .where('projectId', '=', projectId)
    .where('taskTypeId', '=', taskTypeId)
    .executeTakeFirstOrThrow()
}
