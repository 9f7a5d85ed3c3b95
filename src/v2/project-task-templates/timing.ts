import { addDays, daysBetween } from '../../kernel/calendar-day.js'
import { invalidInput } from '../../kernel/problem.js'
import type { ProjectTaskTemplatesTable } from '../tables.js'

/**
 * When a template is due, and what that is counted from. The date of an anchor stands nowhere: it is the
 * due date less the offset. So a due date that changes alone changes the offset with it, and an offset
 * that changes alone the due date: the anchor stays where it is.
 */
export type Timing = Pick<ProjectTaskTemplatesTable, 'dueDate' | 'anchor' | 'offsetDays'>

/** A field left out was not asked for. */
export type TimingChange = { [Name in keyof Timing]?: Timing[Name] | undefined }

const refused = (path: string, message: string) => invalidInput([{ path, message }])

/**
 * @param parentDueDate of the template that the project has of the parent task; null: there is none
 * @throws Problem `invalid-input` where the parts do not fit together
 */
export function timingAfter(before: Timing, change: TimingChange, parentDueDate: number | null): Timing {
  const anchor = change.anchor === undefined ? before.anchor : change.anchor
  if (anchor === null) return fixed(before, change)
  if (change.offsetDays === null) throw refused('/offsetDays', 'is needed with an anchor')
  if (anchor === 'relative_to_task' && parentDueDate !== null) return hanging(before, change, parentDueDate)
  if (change.anchor === 'relative_to_task')
    throw refused('/anchor', 'needs a template of the parent task in the same project')
  return anchored(before, change, anchor)
}

function fixed(before: Timing, { dueDate = before.dueDate, offsetDays }: TimingChange): Timing {
  if (typeof offsetDays === 'number') throw refused('/offsetDays', 'is only for a template with an anchor')
  return { dueDate, anchor: null, offsetDays: null }
}

/** Another anchor, or the first: the due date stays what it is, and tells the anchor's date. */
function anchored(before: Timing, change: TimingChange, anchor: NonNullable<Timing['anchor']>): Timing {
  const offset = before.offsetDays ?? 0
  const { dueDate, offsetDays } = change
  const isSame = anchor === before.anchor
  if (offsetDays === undefined || offsetDays === null) {
    const to = dueDate ?? before.dueDate
    return { dueDate: to, anchor, offsetDays: isSame ? offset + daysBetween(before.dueDate, to) : offset }
  }
  const counted = isSame ? addDays(before.dueDate, offsetDays - offset) : before.dueDate
  return { dueDate: dueDate ?? counted, anchor, offsetDays }
}

/** Here the anchor's date is known, so that of three numbers one follows from the others. */
function hanging(before: Timing, { dueDate, offsetDays }: TimingChange, parentDueDate: number): Timing {
  const anchor = 'relative_to_task'
  const to = dueDate ?? before.dueDate
  const days = daysBetween(parentDueDate, to)
  if (offsetDays === undefined || offsetDays === null) return { dueDate: to, anchor, offsetDays: days }
  if (dueDate !== undefined && days !== offsetDays)
    throw refused('/offsetDays', `must be ${days}, the days from the parent's due date, or be left out`)
  return { dueDate: addDays(to, offsetDays - days), anchor, offsetDays }
}
