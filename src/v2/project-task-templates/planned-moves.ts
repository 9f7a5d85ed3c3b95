import { daysBetween } from '../../kernel/calendar-day.js'
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../kernel/instant.js'
import { invalidInput } from '../../kernel/problem.js'
import type { ProjectTaskTemplatesTable } from '../tables.js'

/** Why a template that a plan looked at stays where it is. */
export const stayingReasons = [
  'task-type-off',
  'fixed-date',
  'other-anchor',
  'other-anchor-date',
  'parent-stays',
] as const

export type Staying = (typeof stayingReasons)[number]

/** What a plan needs of a template. */
export type ScheduledTemplate = Pick<
  ProjectTaskTemplatesTable,
  'id' | 'projectId' | 'taskId' | 'dueDate' | 'anchor' | 'offsetDays'
>

/** What becomes of one template. Instants are epoch milliseconds; one that stays has `to` = `from`. */
export interface Move {
  id: string
  projectId: string
  taskId: string
  from: number
  to: number
  /** Afterwards. */
  offsetDays: number | null
  stays: Staying | null
}

/** What moves, by how much, and for which part of the input. */
export interface MovePlan<Template> {
  deltaMs: number
  /** Of the input that asked for it. */
  path: string
  /** Why a template stays; null: it moves. */
  staying: (template: Template) => Staying | null
  /** Whether the anchor of a template that moves does so too: then its offset is still right. */
  anchorMoves: (template: Template) => boolean
}

/**
 * Every template moved by the same delta, but for those that stay.
 *
 * @throws Problem `invalid-input` where a template would leave the years that a due date can be in
 */
export function planMoves<Template extends ScheduledTemplate>(
  templates: readonly Template[],
  plan: MovePlan<Template>,
): Move[] {
  const moves = templates.map((template) => planMove(template, plan))
  const outside = moves.find(({ to, stays }) => stays === null && !isDueDate(to))
  if (outside !== undefined)
    throw invalidInput([
      { path: plan.path, message: `moves the template "${outside.id}" out of the years 1990 to 2100` },
    ])
  return moves
}

function planMove<Template extends ScheduledTemplate>(template: Template, plan: MovePlan<Template>): Move {
  const { id, projectId, taskId, dueDate: from, offsetDays } = template
  const stays = plan.staying(template)
  const to = stays === null ? from + plan.deltaMs : from
  const added = offsetDays === null || plan.anchorMoves(template) ? 0 : daysBetween(from, to)
  return {
    id,
    projectId,
    taskId,
    from,
    to,
    offsetDays: offsetDays === null ? null : offsetDays + added,
    stays,
  }
}

export const isDueDate = (ms: number): boolean => ms >= EARLIEST_INSTANT && ms <= LATEST_INSTANT
