import type { Transaction } from 'kysely'
import { addDays, startOfUtcDay, utcDay } from '../../kernel/calendar-day.js'
import { formatInstant } from '../../kernel/instant.js'
import { invalidInput } from '../../kernel/problem.js'
import type { V2Tables } from '../tables.js'
import type { movableAnchors } from './move-anchor.schemas.js'
import { planMoves, type Move, type ScheduledTemplate, type Staying } from './planned-moves.js'
import { listScheduled } from './scheduled-templates.repository.js'
import { requirePart, type PartOfProject } from './shift-dates.js'

/** Instants are epoch milliseconds, of which the UTC day counts. */
export interface AnchorMove extends PartOfProject {
  anchor: (typeof movableAnchors)[number]
  from?: number
  to?: number
  days?: number
}

/**
 * Everything that hangs on the anchor, moved by as many days as the anchor; also what hangs on a task
 * that moves so. Offsets stay what they are.
 *
 * @throws Problem `invalid-input`
 */
export async function planAnchorMove(
  trx: Transaction<V2Tables>,
  projectId: string,
  { anchor, from, to, days, ...part }: AnchorMove,
): Promise<Move[]> {
  requireOneOf(to, days)
  await requirePart(trx, part)
  const templates = await listScheduled(trx, { ...part, projectId })
  const hanging = templates.filter((template) => template.anchor === anchor)
  const fromDay = from === undefined ? undefined : utcDay(from)
  const byDays = days ?? (to === undefined ? 0 : utcDay(to) - (fromDay ?? onlyDay(hanging) ?? utcDay(to)))
  return planMoves(templates, {
    deltaMs: addDays(0, byDays),
    path: days === undefined ? '/to' : '/days',
    staying: stayingUnder(templates, (template) => whyNotOn(template, anchor, fromDay)),
    anchorMoves: () => true,
  })
}

function requireOneOf(to: number | undefined, days: number | undefined): void {
  if (to === undefined && days === undefined)
    throw invalidInput([{ path: '/to', message: 'is needed, or else days' }])
  if (to !== undefined && days !== undefined)
    throw invalidInput([{ path: '/days', message: 'must be left out beside to' }])
}

type Day = number

const anchorDay = ({ dueDate, offsetDays }: ScheduledTemplate): Day => utcDay(dueDate) - (offsetDays ?? 0)

/** @throws Problem `invalid-input` where the templates are counted from several days */
function onlyDay(templates: readonly ScheduledTemplate[]): Day | undefined {
  const days = [...new Set(templates.map(anchorDay))].sort((one, other) => one - other)
  if (days.length > 1) {
    const dates = days.map((day) => formatInstant(startOfUtcDay(day)).slice(0, 10))
    throw invalidInput([{ path: '/from', message: `is needed: there are ${dates.join(', ')}` }])
  }
  return days[0]
}

function whyNotOn(template: ScheduledTemplate, anchor: string, from: Day | undefined): Staying | null {
  if (template.anchor === null) return 'fixed-date'
  if (template.anchor !== anchor) return 'other-anchor'
  return from === undefined || anchorDay(template) === from ? null : 'other-anchor-date'
}

/** What hangs on another template does what that one does. */
function stayingUnder<Template extends ScheduledTemplate & { parentTemplateId: string | null }>(
  templates: readonly Template[],
  staying: (template: Template) => Staying | null,
) {
  const byId = new Map(templates.map((template) => [template.id, template]))
  return (template: Template): Staying | null => {
    if (template.anchor !== 'relative_to_task') return staying(template)
    const parent = byId.get(template.parentTemplateId ?? '')
    return parent !== undefined && staying(parent) === null ? null : 'parent-stays'
  }
}
