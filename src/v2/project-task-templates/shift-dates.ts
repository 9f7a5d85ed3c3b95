import type { Transaction } from 'kysely'
import { DAY_MS, type Propagation } from '../../kernel/due-date.js'
import { invalidInput } from '../../kernel/problem.js'
import { getReferred } from '../references.js'
import type { V2Tables } from '../tables.js'
import { planMoves, type Move } from './planned-moves.js'
import { listDueDates } from './project-task-templates.repository.js'

export interface Shift {
  days: number
  taskTypeId?: string
  sectionId?: string
  scope?: 'project' | 'all-projects-using-type'
}

/**
 * Moves every template of the scope by the same number of days, and its instances as a new due date does.
 *
 * @param propagate `moveDueDate`, or what only counts for a dry run
 */
export async function shiftDates(
  trx: Transaction<V2Tables>,
  projectId: string,
  { days, scope = 'project', ...part }: Shift,
  propagate: (move: Move) => Promise<Propagation>,
) {
  await requirePart(trx, part)
  const everywhere = scope === 'all-projects-using-type'
  if (everywhere && part.taskTypeId === undefined && part.sectionId === undefined)
    throw invalidInput([{ path: '/taskTypeId', message: 'is needed with this scope' }])
  const templates = await listDueDates(trx, everywhere ? part : { ...part, projectId })
  const shifted: (Move & { propagation: Propagation })[] = []
  for (const move of planMoves(templates, days * DAY_MS, '/days'))
    shifted.push({ ...move, propagation: await propagate(move) })
  return shifted
}

async function requirePart(
  trx: Transaction<V2Tables>,
  { taskTypeId, sectionId }: Pick<Shift, 'taskTypeId' | 'sectionId'>,
) {
  if (taskTypeId !== undefined) await getReferred(trx, 'task_types', taskTypeId, '/taskTypeId')
  if (sectionId === undefined) return
  const section = await getReferred(trx, 'v2_task_type_sections', sectionId, '/sectionId')
  if (taskTypeId !== undefined && section.taskTypeId !== taskTypeId)
    throw invalidInput([{ path: '/sectionId', message: 'must be a section of the task type' }])
}
