import { sql, type SqlBool, type Transaction } from 'kysely'
import type { Values } from '../../http/resource.js'
import { invalidInput } from '../../kernel/problem.js'
import { createInstancesOfTemplates } from '../missing-instances.js'
import { followTemplates } from '../project-task-types/switch-task-type.js'
import { getReferred } from '../references.js'
import type { ProjectTaskTemplatesTable, V2Tables } from '../tables.js'
import { carryOut, type CarriedMove } from './carry-out.js'
import { planMoves, type Move } from './planned-moves.js'
import { deleteTemplate, insertTemplate, updateTemplate } from './project-task-templates.repository.js'
import type { CreateTemplate, PatchTemplate } from './project-task-templates.schemas.js'
import { findParentDueDate, listScheduled, unhangTemplates } from './scheduled-templates.repository.js'
import { unlessTaskTypeIsOff } from './shift-dates.js'
import { timingAfter, type Timing, type TimingChange } from './timing.js'

/** Adds a task to a project. Suppliers assigned to the project get it, if it is active. */
export async function addTemplate(
  trx: Transaction<V2Tables>,
  values: Values<typeof CreateTemplate>,
  now: number,
): Promise<string> {
  const { projectId, taskId, dueDate } = values
  await getReferred(trx, 'projects', projectId, '/projectId')
  const task = await getReferred(trx, 'v2_tasks', taskId, '/taskId')
  const timing = await timingOf(trx, { projectId, taskId, dueDate, anchor: null, offsetDays: null }, values)
  const id = await insertTemplate(trx, task, { ...values, ...timing }, now)
  await followTemplates(trx, { projectId, taskTypeId: task.taskTypeId }, now)
  await createInstancesOfTemplates(trx, [id], now)
  return id
}

/**
 * Changes a template; a new due date goes to its instances and moves what hangs on it, and activating it
 * makes missing instances. A dry run gives the moves and writes nothing.
 */
export async function changeTemplate(
  trx: Transaction<V2Tables>,
  template: ProjectTaskTemplatesTable,
  { scope, dryRun, ...change }: Omit<Values<typeof PatchTemplate>, 'dryRun'> & { dryRun: boolean },
  now: number,
): Promise<CarriedMove[]> {
  if (scope === 'all-projects-using-type' && change.dueDate === undefined)
    throw invalidInput([{ path: '/dueDate', message: 'is needed with this scope' }])
  const timing = await timingOf(trx, template, change)
  const isMoved = change.dueDate !== undefined || timing.dueDate !== template.dueDate
  const path = change.dueDate === undefined ? '/offsetDays' : '/dueDate'
  const moves = isMoved ? await planTemplateMove(trx, template, timing, { scope, path }) : []
  if (dryRun) return carryOut(trx, moves, { dryRun, now })

  const { dueDate: _moved, ...columns } = { ...change, ...anchorChange(template, timing) }
  if (Object.keys(columns).length > 0) await updateTemplate(trx, template.id, columns, now)
  const carried = await carryOut(trx, moves, { dryRun, now })
  if ((columns.isActive ?? template.isActive) !== template.isActive) await switchTemplate(trx, template, now)
  return carried
}

const anchorChange = (before: Timing, { anchor, offsetDays }: Timing) =>
  anchor === before.anchor && offsetDays === before.offsetDays ? {} : { anchor, offsetDays }

async function timingOf(
  trx: Transaction<V2Tables>,
  template: Timing & { projectId: string; taskId: string },
  { dueDate, anchor, offsetDays }: TimingChange,
): Promise<Timing> {
  if (dueDate === undefined && anchor === undefined && offsetDays === undefined) return template
  return timingAfter(template, { dueDate, anchor, offsetDays }, await findParentDueDate(trx, template))
}

/** The template, what hangs on it, and with that scope the same in every project that uses the task type. */
async function planTemplateMove(
  trx: Transaction<V2Tables>,
  template: ProjectTaskTemplatesTable,
  timing: Timing,
  { scope, path }: { scope: string | undefined; path: string },
): Promise<Move[]> {
  const { projectId, taskId } = template
  const isEverywhere = scope === 'all-projects-using-type'
  const family = await listScheduled(trx, { family: taskId, ...(isEverywhere ? {} : { projectId }) })
  const moves = planMoves(family, {
    deltaMs: timing.dueDate - template.dueDate,
    path,
    staying: unlessTaskTypeIsOff(projectId),
    anchorMoves: (one) => one.taskId !== taskId,
  })
  return moves.map((move) => (move.id === template.id ? { ...move, offsetDays: timing.offsetDays } : move))
}

async function switchTemplate(
  trx: Transaction<V2Tables>,
  { id, projectId, taskId }: ProjectTaskTemplatesTable,
  now: number,
) {
  const { taskTypeId } = await getReferred(trx, 'v2_tasks', taskId, '/taskId')
  await followTemplates(trx, { projectId, taskTypeId }, now)
  await createInstancesOfTemplates(trx, [id], now)
}

/** Its instances go with the template; what hung on it has a fixed date from now on. */
export async function removeTemplate(
  trx: Transaction<V2Tables>,
  template: ProjectTaskTemplatesTable,
  now: number,
): Promise<void> {
  const { projectId, taskId } = template
  const hangsOnIt = sql<SqlBool>`projectId = ${projectId} and taskId in
    (select id from v2_tasks where parentTaskId = ${taskId})`
  await unhangTemplates(trx, hangsOnIt, now)
  await deleteTemplate(trx, template)
}
