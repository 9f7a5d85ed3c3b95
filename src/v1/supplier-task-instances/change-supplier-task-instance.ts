import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import { changeStatus, type InstanceStatus, type StatusChange } from '../../kernel/instance-status.js'
import { newId } from '../../kernel/new-id.js'
import { invalidInput } from '../../kernel/problem.js'
import { requireParents } from '../require-parents.js'
import type { V1Tables } from '../tables.js'
import {
  findDueDateFor,
  insertSupplierTaskInstance,
  updateSupplierTaskInstance,
} from './supplier-task-instances.repository.js'
import type {
  CreateSupplierTaskInstance,
  PatchSupplierTaskInstance,
} from './supplier-task-instances.schemas.js'

type Creation = Values<typeof CreateSupplierTaskInstance>
type Change = Values<typeof PatchSupplierTaskInstance>

interface Row {
  id: string
  status: string
  completedAt: number | null
}

/**
 * Gives the new row's id. The due date is the project milestone task's, unless given.
 *
 * @throws Problem `invalid-input` where a parent is missing, or the two are of different projects
 */
export async function addSupplierTaskInstance(trx: Transaction<V1Tables>, values: Creation, now: number) {
  const { supplierProjectInstanceId, projectMilestoneTaskId, ...change } = values
  await requireParents(trx, values)
  const template = await findDueDateFor(trx, values)
  if (template === undefined) throw differentProjects()
  const row = { id: newId(now), status: 'not_started', completedAt: null }
  await insertSupplierTaskInstance(trx, {
    ...row,
    supplierProjectInstanceId,
    projectMilestoneTaskId,
    dueDate: template.dueDate,
    isApplied: 1,
    createdAt: now,
    updatedAt: now,
    ...columnsOf(row, change, now),
  })
  return row.id
}

/** `completedAt` follows the status. */
export const changeSupplierTaskInstance = (
  trx: Transaction<V1Tables>,
  row: Row,
  values: Change,
  now: number,
): Promise<void> =>
  updateSupplierTaskInstance(trx, row.id, { ...columnsOf(row, values, now), updatedAt: now })

function columnsOf(before: Row, values: Change, now: number) {
  const { submissionFiles, status, completedAt, ...columns } = values
  const files = submissionFiles === null ? null : JSON.stringify(submissionFiles)
  return {
    ...columns,
    ...(submissionFiles === undefined ? {} : { submissionFiles: files }),
    ...(status === undefined && completedAt === undefined ? {} : statusColumns(before, values, now)),
  }
}

function statusColumns(before: Row, change: StatusChange, now: number) {
  if (typeof change.completedAt === 'number' && (change.status ?? before.status) !== 'completed')
    throw invalidInput([{ path: '/completedAt', message: 'is only for the status completed' }])
  // A status of the file that is none of the five stays what it is until another is asked for.
  const status = before.status as InstanceStatus
  const after = changeStatus({ status, completedAt: before.completedAt, blockedReason: null }, change, now)
  return { status: after.status, completedAt: after.completedAt }
}

const differentProjects = () =>
  invalidInput([
    { path: '/projectMilestoneTaskId', message: 'must be of the project that the supplier is assigned to' },
  ])
