import { DAY_MS } from '../../kernel/due-date.js'
import { invalidInput, type InputError } from '../../kernel/problem.js'
import type { ProjectTaskTemplatesTable } from '../tables.js'
import { isDueDate } from './planned-moves.js'

/** When tasks are due: by date, or by days from an anchor. Instants are epoch milliseconds. */
export interface Schedule {
  dueDates: readonly { taskId: string; dueDate: number }[]
  anchorDate: number | undefined
  offsets: readonly { taskId: string; offsetDays: number }[]
}

type Due = Pick<ProjectTaskTemplatesTable, 'dueDate' | 'anchor' | 'offsetDays'>

/**
 * What the schedule says of each task that it names. A date goes before an offset.
 *
 * @param isKnown whether the task can be scheduled here
 * @throws Problem `invalid-input` with everything that is wrong with it
 */
export function duesByTask(
  { dueDates, anchorDate = NaN, offsets }: Schedule,
  isKnown: (taskId: string) => boolean,
): Map<string, Due> {
  const counted = offsets.map(({ taskId, offsetDays }) => ({
    taskId,
    due: { dueDate: anchorDate + offsetDays * DAY_MS, anchor: 'project_start' as const, offsetDays },
  }))
  const fixed = dueDates.map(({ taskId, dueDate }) => ({
    taskId,
    due: { dueDate, anchor: null, offsetDays: null },
  }))
  const errors = [
    ...namingErrors('/dueDates', dueDates, isKnown),
    ...namingErrors('/offsets', offsets, isKnown),
    ...anchorErrors(anchorDate, counted),
  ]
  if (errors.length > 0) throw invalidInput(errors)
  return new Map<string, Due>([...counted, ...fixed].map(({ taskId, due }) => [taskId, due]))
}

function namingErrors(
  path: string,
  entries: readonly { taskId: string }[],
  isKnown: (taskId: string) => boolean,
): InputError[] {
  const seen = new Set<string>()
  return entries.flatMap(({ taskId }, index) => {
    const message = seen.has(taskId) ? 'is named twice' : 'must be the id of a task of the task type'
    const isWrong = seen.has(taskId) || !isKnown(taskId)
    seen.add(taskId)
    return isWrong ? [{ path: `${path}/${index}/taskId`, message }] : []
  })
}

function anchorErrors(anchorDate: number, counted: readonly { due: { dueDate: number } }[]): InputError[] {
  if (counted.length === 0) return []
  if (Number.isNaN(anchorDate)) return [{ path: '/anchorDate', message: 'is needed with offsets' }]
  return counted.flatMap(({ due }, index) =>
    isDueDate(due.dueDate)
      ? []
      : [{ path: `/offsets/${index}/offsetDays`, message: 'leads out of the years 1990 to 2100' }],
  )
}
