import type { Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import type { Propagation } from '../../kernel/due-date.js'
import { invalidInput } from '../../kernel/problem.js'
import { createInstancesOfTemplates } from '../missing-instances.js'
import { getReferred } from '../references.js'
import type { ProjectTaskTemplatesTable, V2Tables } from '../tables.js'
import { moveDueDate, noPropagation, sumOf } from './move-due-date.js'
import { planMoves, type Move } from './planned-moves.js'
import { insertTemplate, listDueDates, updateTemplate } from './project-task-templates.repository.js'
import type { CreateTemplate, PatchTemplate } from './project-task-templates.schemas.js'
import { ensureProjectTaskType } from './project-task-types.repository.js'

/** Adds a task to a project. Suppliers assigned to the project get it, if it is active. */
export async function addTemplate(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateTemplate>,
  now: number,
): Promise<string> {
  await getReferred(trx, 'projects', values.projectId, '/projectId')
  const task = await getReferred(trx, 'v2_tasks', values.taskId, '/taskId')
  await ensureProjectTaskType(trx, values.projectId, task.taskTypeId, now)
  const id = await insertTemplate(trx, task, values, now)
  await createInstancesOfTemplates(trx, [id], now)
  return id
}

/** Changes a template; a new due date goes to its instances, and activating it makes missing ones. */
export async function changeTemplate(
  trx: Transaction<V2Tables>,
  template: ProjectTaskTemplatesTable,
  { dueDate, scope, ...columns }: Values<typeof PatchTemplate>,
  now: number,
): Promise<Propagation> {
  if (Object.keys(columns).length > 0) await updateTemplate(trx, template.id, columns, now)
  const propagation = await move(trx, template, { dueDate, scope }, now)
  if (columns.isActive === 1 && template.isActive === 0) await activate(trx, template, now)
  return propagation
}

async function activate(
  trx: Transaction<V2Tables>,
  { id, projectId, taskId }: ProjectTaskTemplatesTable,
  now: number,
) {
  const task = await getReferred(trx, 'v2_tasks', taskId, '/taskId')
  await ensureProjectTaskType(trx, projectId, task.taskTypeId, now)
  await createInstancesOfTemplates(trx, [id], now)
}

async function move(
  trx: Transaction<V2Tables>,
  template: ProjectTaskTemplatesTable,
  { dueDate, scope }: { dueDate: number | undefined; scope: string | undefined },
  now: number,
) {
  const everywhere = scope === 'all-projects-using-type'
  if (dueDate === undefined) {
    if (everywhere) throw invalidInput([{ path: '/dueDate', message: 'is needed with this scope' }])
    return noPropagation
  }
  if (!everywhere) return moveDueDate(trx, template.id, dueDate, now)
  const templates = await listDueDates(trx, { taskId: template.taskId })
  return carryOut(trx, planMoves(templates, dueDate - template.dueDate, '/dueDate'), now)
}

async function carryOut(trx: Transaction<V2Tables>, moves: readonly Move[], now: number) {
  const propagations: Propagation[] = []
  for (const { id, to } of moves) propagations.push(await moveDueDate(trx, id, to, now))
  return sumOf(propagations)
}
