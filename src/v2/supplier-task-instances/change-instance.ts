import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import { changeStatus, type InstanceStatus, type StatusFields } from '../../kernel/instance-status.js'
import { invalidInput, type InputError } from '../../kernel/problem.js'
import { getReferred } from '../references.js'
import type { V2Tables } from '../tables.js'
import {
  findInstances,
  insertInstance,
  updateInstance,
  type InstanceRow,
} from './supplier-task-instances.repository.js'
import type { CreateInstance, PatchInstance } from './supplier-task-instances.schemas.js'

type Change = Values<typeof PatchInstance>

const unstarted: StatusFields = { status: 'not_started', completedAt: null, blockedReason: null }

/** Gives one supplier one task: for what assigning and attaching do not cover. */
export async function createInstance(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateInstance>,
  now: number,
): Promise<string> {
  const { supplierProjectInstanceId, projectTaskTemplateId, ...change } = values
  const template = await getTemplateFor(trx, supplierProjectInstanceId, projectTaskTemplateId)
  return insertInstance(
    trx,
    {
      supplierProjectInstanceId,
      projectTaskTemplateId,
      dueDate: template.dueDate,
      actualDueDate: null,
      owner: null,
      notes: null,
      isApplied: 1,
      submissionFiles: null,
      ...changedColumns(unstarted, change, now),
    },
    now,
  )
}

async function getTemplateFor(trx: Transaction<V2Tables>, assignmentId: string, templateId: string) {
  const assignment = await getReferred(
    trx,
    'supplier_project_instances',
    assignmentId,
    '/supplierProjectInstanceId',
  )
  const path = '/projectTaskTemplateId'
  const template = await getReferred(trx, 'v2_project_task_templates', templateId, path)
  if (template.projectId !== assignment.projectId)
    throw invalidInput([{ path, message: "must be a template of the assignment's project" }])
  return template
}

export const changeInstance = (trx: Transaction<V2Tables>, row: InstanceRow, change: Change, now: number) =>
  updateInstance(trx, row.id, changedColumns(row, change, now), now)

/**
 * Makes one change to many instances, or to none.
 *
 * @throws Problem `invalid-input` with the path of each id that does not exist, or whose instance the
 * change does not fit
 */
export async function changeInstances(
  trx: Transaction<V2Tables>,
  ids: readonly string[],
  change: Change,
  now: number,
): Promise<InstanceRow[]> {
  const rows = await getInstances(trx, ids, now)
  requireFittingRows(rows, change)
  for (const row of rows) await updateInstance(trx, row.id, changedColumns(row, change, now), now)
  return getInstances(trx, ids, now)
}

function requireFittingRows(rows: readonly InstanceRow[], change: Change): void {
  const { status } = change
  const errors =
    // With a status of its own the change contradicts itself, whatever the row.
    status !== undefined
      ? misfitsOf(status, change).map(({ path, message }) => ({ path: `/changes${path}`, message }))
      : rows.flatMap((row, index) =>
          misfitsOf(row.status, change).map(({ path, message }) => ({
            path: `/ids/${index}`,
            message: `"${row.id}" is ${row.status}: /changes${path} ${message}`,
          })),
        )
  if (errors.length > 0) throw invalidInput(errors)
}

async function getInstances(trx: Transaction<V2Tables>, ids: readonly string[], now: number) {
  const found = new Map((await findInstances(trx, ids, now)).map((row) => [row.id, row]))
  const missing = ids.flatMap((id, index) =>
    found.has(id)
      ? []
      : [{ path: `/ids/${index}`, message: `must be the id of a supplier task instance: "${id}" is not` }],
  )
  if (missing.length > 0) throw invalidInput(missing)
  return ids.flatMap((id) => found.get(id) ?? [])
}

function changedColumns(before: StatusFields, change: Change, now: number) {
  const { submissionFiles, ...columns } = change
  const files = submissionFiles === undefined ? {} : { submissionFiles: JSON.stringify(submissionFiles) }
  const misfits = misfitsOf(change.status ?? before.status, change)
  if (misfits.length > 0) throw invalidInput(misfits)
  return { ...columns, ...files, ...changeStatus(before, change, now) }
}

function misfitsOf(status: InstanceStatus, change: Change): InputError[] {
  return [
    ...(typeof change.blockedReason === 'string' && status !== 'blocked'
      ? [{ path: '/blockedReason', message: 'is only for the status blocked' }]
      : []),
    ...(typeof change.completedAt === 'number' && status !== 'completed'
      ? [{ path: '/completedAt', message: 'is only for the status completed' }]
      : []),
  ]
}
