import { sql, type SqlBool, type Transaction } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import { underOrigin } from '../../db/write-context.js'
import type { Propagation } from '../../kernel/due-date.js'
import type { V1Tables } from '../tables.js'

/**
 * Sets a project milestone task's due date and carries it to its instances.
 *
 * Instances with an override, and completed ones, keep their date. The counts add up to the instances
 * of the project milestone task. `updatedAt` changes only where the date does.
 *
 * @param dueDate epoch milliseconds, like `now`
 */
export async function moveDueDate(
  trx: Transaction<V1Tables>,
  templateId: string,
  dueDate: number,
  now: number,
): Promise<Propagation> {
  const propagation = await countPropagation(trx, templateId)
  await trx
    .updateTable('project_milestone_tasks')
    .set({ dueDate, updatedAt: now })
    .where('id', '=', templateId)
    .where(isAnother(dueDate))
    .execute()
  const instances = trx
    .updateTable('supplier_task_instances')
    .set({ dueDate, updatedAt: now })
    .where('projectMilestoneTaskId', '=', templateId)
    .where('actualDueDate', 'is', null)
    .where('status', '!=', 'completed')
    .where(isAnother(dueDate))
  await underOrigin(trx, 'propagation', () => instances.execute())
  return propagation
}

const isAnother = (dueDate: number) => sql<SqlBool>`${instantOf('dueDate')} is not ${dueDate}`

/** What moving its due date does, without doing it. */
export const countPropagation = (trx: Transaction<V1Tables>, templateId: string): Promise<Propagation> =>
  trx
    .selectFrom('supplier_task_instances')
    .select([
      sql<number>`count(*) filter (where actualDueDate is null and status <> 'completed')`.as('updated'),
      sql<number>`count(actualDueDate)`.as('keptOverride'),
      sql<number>`count(*) filter (where actualDueDate is null and status = 'completed')`.as('keptCompleted'),
    ])
    .where('projectMilestoneTaskId', '=', templateId)
    .executeTakeFirstOrThrow()
