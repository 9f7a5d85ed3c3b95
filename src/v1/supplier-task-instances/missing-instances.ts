import type { Transaction } from 'kysely'
import { booleanOf } from '../../db/stored-instant.js'
import { newId } from '../../kernel/new-id.js'
import { copiedDueDate } from '../due-dates.js'
import type { V1Tables } from '../tables.js'

/** How many instances were made, and how many were there already. */
export interface MissingInstances {
  created: number
  skipped: number
}

/** SQLite takes 32,766 parameters a statement; an instance here has eight. */
const BATCH = 500

/** Makes the instances that an assignment lacks, one per active project milestone task of its project. */
export const createInstancesOfAssignment = async (
  trx: Transaction<V1Tables>,
  assignmentId: string,
  now: number,
) => createMissing(trx, await pairs(trx).where('assignment.id', '=', assignmentId).execute(), now)

/** Makes the instances that an active project milestone task lacks, one per active assignment of its project. */
export const createInstancesOfTemplate = async (
  trx: Transaction<V1Tables>,
  templateId: string,
  now: number,
) => {
  const active = pairs(trx).where('template.id', '=', templateId).where('assignment.status', '=', 'active')
  return createMissing(trx, await active.execute(), now)
}

/** An assignment and an active template of one project, with the instance that the two have, if any. */
const pairs = (trx: Transaction<V1Tables>) =>
  trx
    .selectFrom('supplier_project_instances as assignment')
    .innerJoin('project_milestone_tasks as template', 'template.projectId', 'assignment.projectId')
    .leftJoin('supplier_task_instances as instance', (join) =>
      join
        .onRef('instance.supplierProjectInstanceId', '=', 'assignment.id')
        .onRef('instance.projectMilestoneTaskId', '=', 'template.id'),
    )
    .select([
      'assignment.id as supplierProjectInstanceId',
      'template.id as projectMilestoneTaskId',
      copiedDueDate('template.dueDate').as('dueDate'),
      'instance.id as instanceId',
    ])
    .where(booleanOf('template.isActive'), '=', 1)

interface Pair {
  supplierProjectInstanceId: string
  projectMilestoneTaskId: string
  dueDate: number
  instanceId: string | null
}

async function createMissing(
  trx: Transaction<V1Tables>,
  found: Pair[],
  now: number,
): Promise<MissingInstances> {
  const missing = found.filter(({ instanceId }) => instanceId === null).map((pair) => instanceOf(pair, now))
  for (let start = 0; start < missing.length; start += BATCH)
    await trx
      .insertInto('supplier_task_instances')
      .values(missing.slice(start, start + BATCH))
      .execute()
  return { created: missing.length, skipped: found.length - missing.length }
}

const instanceOf = ({ supplierProjectInstanceId, projectMilestoneTaskId, dueDate }: Pair, now: number) => ({
  supplierProjectInstanceId,
  projectMilestoneTaskId,
  dueDate,
  id: newId(now),
  status: 'not_started',
  isApplied: 1 as const,
  createdAt: now,
  updatedAt: now,
})
