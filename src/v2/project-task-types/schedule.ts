import { addDays } from '../../kernel/calendar-day.js'
import { invalidInput, type InputError } from '../../kernel/problem.js'
import { namingErrors } from '../named-ids.js'
import { isDueDate } from '../project-task-templates/planned-moves.js'
import type { Anchor, ProjectTaskTemplatesTable } from '../tables.js'

/** When tasks are due: by date, or by days from an anchor. Instants are epoch milliseconds. */
export interface Schedule {
  dueDates: readonly { taskId: string; dueDate: number }[]
  /** The project's start; also the date of each milestone that `milestoneDates` does not name. */
  anchorDate: number | undefined
  milestoneDates: readonly { sectionId: string; date: number }[]
  offsets: readonly Offset[]
}

interface Offset {
  taskId: string
  anchor: Anchor
  offsetDays: number
}

export interface SchedulableTask {
  id: string
  sectionId: string | null
  parentTaskId: string | null
  /** Of the template that the project has of the task; null where it has none. */
  templateDueDate: number | null
}

export type Due = Pick<ProjectTaskTemplatesTable, 'dueDate' | 'anchor' | 'offsetDays'>
type DueDates = ReadonlyMap<string, Pick<Due, 'dueDate'>>
type Tasks = ReadonlyMap<string, SchedulableTask>

/**
 * What the schedule says of each task that it names. A date goes before an offset.
 *
 * @throws Problem `invalid-input` with everything that is wrong with it
 */
export function duesByTask(schedule: Schedule, schedulable: readonly SchedulableTask[]): Map<string, Due> {
  const tasks = new Map(schedulable.map((task) => [task.id, task]))
  const errors = unknownNames(schedule, tasks)
  const dues = new Map<string, Due>()
  for (const { taskId, dueDate } of schedule.dueDates)
    dues.set(taskId, { dueDate, anchor: null, offsetDays: null })
  for (const { offset, path } of parentsFirst(schedule.offsets)) {
    const task = tasks.get(offset.taskId)
    if (task === undefined) continue
    const due = countedDue(offset, path, anchorDate(schedule, { task, tasks, dues }, offset, path))
    if ('message' in due) errors.push(due)
    else if (!dues.has(task.id)) dues.set(task.id, due)
  }
  if (errors.length > 0) throw invalidInput(errors)
  return dues
}

/** What hangs on another task comes last: the date of that one is known by then. */
const parentsFirst = (offsets: readonly Offset[]) =>
  offsets
    .map((offset, index) => ({ offset, path: `/offsets/${index}` }))
    .toSorted((one, other) => Number(isRelative(one.offset)) - Number(isRelative(other.offset)))

const isRelative = ({ anchor }: Offset) => anchor === 'relative_to_task'

function countedDue({ anchor, offsetDays }: Offset, path: string, from: number | InputError) {
  if (typeof from !== 'number') return from
  const dueDate = addDays(from, offsetDays)
  return isDueDate(dueDate)
    ? { dueDate, anchor, offsetDays }
    : { path: `${path}/offsetDays`, message: 'leads out of the years 1990 to 2100' }
}

function anchorDate(
  { anchorDate: start, milestoneDates }: Schedule,
  of: { task: SchedulableTask; tasks: Tasks; dues: DueDates },
  { anchor }: Offset,
  path: string,
): number | InputError {
  if (anchor === 'relative_to_task') return parentDueDate(of, `${path}/anchor`)
  const milestone = milestoneDates.find(({ sectionId }) => sectionId === of.task.sectionId)
  const date = anchor === 'milestone_date' ? (milestone?.date ?? start) : start
  return date ?? { path: '/anchorDate', message: `is needed to count the task "${of.task.id}" from` }
}

function parentDueDate(
  { task, tasks, dues }: { task: SchedulableTask; tasks: Tasks; dues: DueDates },
  path: string,
): number | InputError {
  if (task.parentTaskId === null) return { path, message: 'is for sub-tasks: this task has no parent' }
  const dueDate = tasks.get(task.parentTaskId)?.templateDueDate ?? dues.get(task.parentTaskId)?.dueDate
  return dueDate ?? { path, message: `needs a due date of the parent, the task "${task.parentTaskId}"` }
}

function unknownNames({ dueDates, offsets, milestoneDates }: Schedule, tasks: Tasks): InputError[] {
  const sectionIds = new Set([...tasks.values()].map(({ sectionId }) => sectionId))
  const taskErrors = (list: string, entries: readonly { taskId: string }[]) =>
    namingErrors(
      entries.map(({ taskId }) => taskId),
      (index) => `/${list}/${index}/taskId`,
      (id) => tasks.has(id),
      'must be the id of a task of the task type',
    )
  return [
    ...taskErrors('dueDates', dueDates),
    ...taskErrors('offsets', offsets),
    ...namingErrors(
      milestoneDates.map(({ sectionId }) => sectionId),
      (index) => `/milestoneDates/${index}/sectionId`,
      (id) => sectionIds.has(id),
      'must be the id of a section of the task type that has tasks',
    ),
  ]
}
