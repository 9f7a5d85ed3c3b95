import type { Transaction } from 'kysely'
import { addDays } from '../../kernel/calendar-day.js'
import type { Propagation } from '../../kernel/due-date.js'
import { invalidInput } from '../../kernel/problem.js'
import { noPropagation } from '../../v2/project-task-templates/move-due-date.js'
import { planMoves, type Staying } from '../../v2/project-task-templates/planned-moves.js'
import { requireParents } from '../require-parents.js'
import type { V1Tables } from '../tables.js'
import { countPropagation, moveDueDate } from './move-due-date.js'
import { findTaskTypeOfMilestone, listMilestonesInUse, listScheduled } from './shift-dates.repository.js'

interface Part {
  taskTypeId?: string
  milestoneId?: string
}

export interface Shift extends Part {
  days: number
  scope?: 'project' | 'all-projects-using-type'
}

/** Instants are epoch milliseconds; null: the file has no readable date there. */
interface Move {
  id: string
  from: number | null
  to: number | null
  stays: Staying | 'unreadable-date' | null
}

/**
 * Moves every project milestone task of the scope by the same number of days, and its instances as a new
 * due date does; in a dry run it only counts what that would do. By v2's plan, so that both move alike.
 *
 * @throws Problem `invalid-input`
 */
export async function shiftDates(
  trx: Transaction<V1Tables>,
  projectId: string,
  shift: Shift,
  { dryRun, now }: { dryRun: boolean; now: number },
): Promise<(Move & { propagation: Propagation })[]> {
  const propagate = async ({ id, to, stays }: Move) => {
    if (stays !== null || to === null) return noPropagation
    return dryRun ? countPropagation(trx, id) : moveDueDate(trx, id, to, now)
  }
  const shifted: (Move & { propagation: Propagation })[] = []
  for (const move of await planShift(trx, projectId, shift))
    shifted.push({ ...move, propagation: await propagate(move) })
  return shifted
}

async function planShift(
  trx: Transaction<V1Tables>,
  projectId: string,
  { days, scope = 'project', ...part }: Shift,
): Promise<Move[]> {
  await requirePart(trx, part)
  const isEverywhere = scope === 'all-projects-using-type'
  if (isEverywhere && part.taskTypeId === undefined && part.milestoneId === undefined)
    throw invalidInput([{ path: '/taskTypeId', message: 'is needed with this scope' }])
  const tasks = await listScheduled(trx, isEverywhere ? part : { ...part, projectId })
  const inUse = isEverywhere ? await listMilestonesInUse(trx) : new Set<string>()
  const moves: Move[] = planMoves(tasks.flatMap(scheduled), {
    deltaMs: addDays(0, days),
    path: '/days',
    staying: (task) =>
      task.projectId === projectId || inUse.has(`${task.projectId}~${task.milestoneId}`)
        ? null
        : 'task-type-off',
    anchorMoves: () => false,
  })
  const byId = new Map(moves.map((move) => [move.id, move]))
  return tasks.map((task) => ({ ...task, ...(byId.get(task.id) ?? unreadable) }))
}

const unreadable = { from: null, to: null, stays: 'unreadable-date' } as const

const scheduled = <Task extends { dueDate: number | null }>({ dueDate, ...task }: Task) =>
  dueDate === null ? [] : [{ ...task, dueDate, anchor: null, offsetDays: null }]

/** @throws Problem `invalid-input` */
async function requirePart(trx: Transaction<V1Tables>, part: Part): Promise<void> {
  await requireParents(trx, part)
  if (part.taskTypeId === undefined || part.milestoneId === undefined) return
  if ((await findTaskTypeOfMilestone(trx, part.milestoneId)) !== part.taskTypeId)
    throw invalidInput([{ path: '/milestoneId', message: 'must be a milestone of the task type' }])
}
