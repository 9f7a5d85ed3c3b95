import { sql, type Kysely, type Transaction } from 'kysely'
import { underOrigin } from '../../db/write-context.js'
import type { Propagation } from '../../kernel/due-date.js'
import type { V2Tables } from '../tables.js'

export const noPropagation: Propagation = { updated: 0, keptOverride: 0, keptCompleted: 0 }

/** A template's new due date, in epoch milliseconds, UTC. */
export interface NewDueDate {
  id: string
  to: number
}

/** By template; one without instances is not in it. */
export type Propagations = ReadonlyMap<string, Propagation>

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
  const propagations = await moveDueDates(trx, [{ id: templateId, to: dueDate }], now)
  return propagations.get(templateId) ?? noPropagation
}

/** The same for any number of templates. */
export async function moveDueDates(
  trx: Transaction<V2Tables>,
  moves: readonly NewDueDate[],
  now: number,
): Promise<Propagations> {
  const propagations = await countPropagations(
    trx,
    moves.map(({ id }) => id),
  )
  // One parameter for all of them, however many they are.
  const given = sql`(select value ->> 'id' as id, value ->> 'to' as dueDate
    from json_each(${JSON.stringify(moves.map(({ id, to }) => ({ id, to })))})) as given`
  await sql`update v2_project_task_templates as template set dueDate = given.dueDate, updatedAt = ${now}
    from ${given} where template.id = given.id and template.dueDate <> given.dueDate`.execute(trx)
  const instances = sql`update v2_supplier_task_instances as instance set dueDate = given.dueDate, updatedAt = ${now}
    from ${given} where instance.projectTaskTemplateId = given.id
      and instance.actualDueDate is null and instance.status <> 'completed'
      and instance.dueDate <> given.dueDate`
  await underOrigin(trx, 'propagation', () => instances.execute(trx))
  return propagations
}

/** What moving the templates' due dates does, without doing it. */
export async function countPropagations(
  db: Kysely<V2Tables>,
  templateIds: readonly string[],
): Promise<Propagations> {
  const { rows } = await sql<Propagation & { id: string }>`select projectTaskTemplateId as id,
    count(*) filter (where actualDueDate is null and status <> 'completed') as updated,
    count(*) filter (where actualDueDate is not null) as keptOverride,
    count(*) filter (where actualDueDate is null and status = 'completed') as keptCompleted
    from v2_supplier_task_instances
    where projectTaskTemplateId in (select value from json_each(${JSON.stringify(templateIds)}))
    group by projectTaskTemplateId`.execute(db)
  return new Map(rows.map(({ id, ...propagation }) => [id, propagation]))
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
