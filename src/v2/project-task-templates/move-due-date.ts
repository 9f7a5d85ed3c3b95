import { sql, type Kysely, type Transaction } from 'kysely'
import type { Propagation } from '../../kernel/due-date.js'
import type { V2Tables } from '../tables.js'

export const noPropagation: Propagation = { updated: 0, keptOverride: 0, keptCompleted: 0 }

/**
 * Sets a template's due date and carries it to its instances. Those with an override and completed ones
 * keep theirs. `updatedAt` changes only where the date does.
 *
 * @param dueDate epoch milliseconds, UTC
 */
export async function moveDueDate(
  trx: Transaction<V2Tables>,
  templateId: string,
  dueDate: number,
  now: number,
): Promise<Propagation> {
  const propagation = await countPropagation(trx, templateId)
  await trx
    .updateTable('v2_project_task_templates')
    .set({ dueDate, updatedAt: now })
    .where('id', '=', templateId)
    .where('dueDate', '<>', dueDate)
    .execute()
  await trx
    .updateTable('v2_supplier_task_instances')
    .set({ dueDate, updatedAt: now })
    .where('projectTaskTemplateId', '=', templateId)
    .where('actualDueDate', 'is', null)
    .where('status', '<>', 'completed')
    .where('dueDate', '<>', dueDate)
    .execute()
  return propagation
}

/** What moving the template's due date does, without doing it. */
export async function countPropagation(db: Kysely<V2Tables>, templateId: string): Promise<Propagation> {
  const { rows } = await sql<Propagation>`select
    count(*) filter (where actualDueDate is null and status <> 'completed') as updated,
    count(*) filter (where actualDueDate is not null) as keptOverride,
    count(*) filter (where actualDueDate is null and status = 'completed') as keptCompleted
    from v2_supplier_task_instances where projectTaskTemplateId = ${templateId}`.execute(db)
  return rows[0] ?? noPropagation
}

export const sumOf = (propagations: readonly Propagation[]): Propagation =>
  propagations.reduce(
    (sum, one) => ({
      updated: sum.updated + one.updated,
      keptOverride: sum.keptOverride + one.keptOverride,
      keptCompleted: sum.keptCompleted + one.keptCompleted,
    }),
    noPropagation,
  )
