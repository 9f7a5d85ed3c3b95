import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import { changeStatus, type StatusFields } from '../../kernel/instance-status.js'
import { invalidInput } from '../../kernel/problem.js'
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
 * @throws Problem `invalid-input` with each id that does not exist
 */
export async function changeInstances(
  trx: Transaction<V2Tables>,
  ids: readonly string[],
  change: Change,
  now: number,
): Promise<InstanceRow[]> {
  const rows = await getInstances(trx, ids, now)
  for (const row of rows) await updateInstance(trx, row.id, changedColumns(row, change, now, '/changes'), now)
  return getInstances(trx, ids, now)
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

/** @param at where in the body the change stands */
function changedColumns(before: StatusFields, change: Change, now: number, at = '') {
  const { submissionFiles, ...columns } = change
  const files = submissionFiles === undefined ? {} : { submissionFiles: JSON.stringify(submissionFiles) }
  requireFittingStatus(before, change, at)
  return { ...columns, ...files, ...changeStatus(before, change, now) }
}

function requireFittingStatus(before: StatusFields, change: Change, at: string): void {
  const status = change.status ?? before.status
  if (typeof change.blockedReason === 'string' && status !== 'blocked')
    throw invalidInput([{ path: `${at}/blockedReason`, message: 'is only for the status blocked' }])
  if (typeof change.completedAt === 'number' && status !== 'completed')
    throw invalidInput([{ path: `${at}/completedAt`, message: 'is only for the status completed' }])
}
