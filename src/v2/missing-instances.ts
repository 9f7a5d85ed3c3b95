import type { Transaction } from 'kysely'
import { newId } from '../kernel/new-id.js'
import type { V2Tables } from './tables.js'

const ROWS_PER_INSERT = 500

/** `skipped` instances existed already. */
export interface CreatedInstances {
  created: number
  skipped: number
}

/** Creates the assignment's instances of its project's active templates, those that are missing. */
export const createInstancesOfAssignment = async (
  trx: Transaction<V2Tables>,
  assignmentId: string,
  now: number,
): Promise<CreatedInstances> =>
  createMissing(trx, await pairs(trx).where('assignment.id', '=', assignmentId).execute(), now)

/** Creates the instances of those of the templates that are active, for active assignments. */
export const createInstancesOfTemplates = async (
  trx: Transaction<V2Tables>,
  templateIds: readonly string[],
  now: number,
): Promise<CreatedInstances> =>
  createMissing(
    trx,
    await pairs(trx)
      .where('template.id', 'in', templateIds)
      .where('assignment.status', '=', 'active')
      .execute(),
    now,
  )

const pairs = (trx: Transaction<V2Tables>) =>
  trx
    .selectFrom('supplier_project_instances as assignment')
    .innerJoin('v2_project_task_templates as template', 'template.projectId', 'assignment.projectId')
    .leftJoin('v2_supplier_task_instances as instance', (join) =>
      join
        .onRef('instance.supplierProjectInstanceId', '=', 'assignment.id')
        .onRef('instance.projectTaskTemplateId', '=', 'template.id'),
    )
    .where('template.isActive', '=', 1)
    .select([
      'assignment.id as supplierProjectInstanceId',
      'template.id as projectTaskTemplateId',
      'template.dueDate',
      'instance.id as instanceId',
    ])

type Pair = Awaited<ReturnType<ReturnType<typeof pairs>['execute']>>[number]

async function createMissing(trx: Transaction<V2Tables>, found: readonly Pair[], now: number) {
  const missing = found.filter(({ instanceId }) => instanceId === null)
  for (let start = 0; start < missing.length; start += ROWS_PER_INSERT)
    await trx
      .insertInto('v2_supplier_task_instances')
      .values(missing.slice(start, start + ROWS_PER_INSERT).map((pair) => newInstance(pair, now)))
      // While a backfill goes on, v1 may have one that arrives only now, before this.
      .onConflict((conflict) =>
        conflict.columns(['supplierProjectInstanceId', 'projectTaskTemplateId']).doNothing(),
      )
      .execute()
  return { created: missing.length, skipped: found.length - missing.length }
}

const newInstance = (pair: Pair, now: number) => ({
  id: newId(now),
  supplierProjectInstanceId: pair.supplierProjectInstanceId,
  projectTaskTemplateId: pair.projectTaskTemplateId,
  dueDate: pair.dueDate,
  status: 'not_started' as const,
  isApplied: 1 as const,
  createdAt: now,
  updatedAt: now,
})
