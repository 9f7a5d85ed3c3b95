import type { Transaction } from 'kysely'
import { addDays } from '../../kernel/calendar-day.js'
import { invalidInput } from '../../kernel/problem.js'
import { getReferred } from '../references.js'
import type { Flag, V2Tables } from '../tables.js'
import { planMoves, type Move } from './planned-moves.js'
import { listScheduled } from './scheduled-templates.repository.js'

/** The templates of one task type or section; of all where neither is given. */
export interface PartOfProject {
  taskTypeId?: string
  sectionId?: string
}

export interface Shift extends PartOfProject {
  days: number
  scope?: 'project' | 'all-projects-using-type'
}

/**
 * Every template of the scope, moved by the same number of days. Anchors stay where they are, so that
 * offsets grow with the days, but for templates that hang on another: that one moves too.
 */
export async function planShift(
  trx: Transaction<V2Tables>,
  projectId: string,
  { days, scope = 'project', ...part }: Shift,
): Promise<Move[]> {
  await requirePart(trx, part)
  const isEverywhere = scope === 'all-projects-using-type'
  if (isEverywhere && part.taskTypeId === undefined && part.sectionId === undefined)
    throw invalidInput([{ path: '/taskTypeId', message: 'is needed with this scope' }])
  const templates = await listScheduled(trx, isEverywhere ? part : { ...part, projectId })
  return planMoves(templates, {
    deltaMs: addDays(0, days),
    path: '/days',
    staying: unlessTaskTypeIsOff(projectId),
    anchorMoves: ({ anchor, parentTemplateId }) => anchor === 'relative_to_task' && parentTemplateId !== null,
  })
}

/** Another project that has the task type switched off does not use it. */
export const unlessTaskTypeIsOff =
  (projectId: string) =>
  (template: { projectId: string; isTaskTypeOn: Flag }): 'task-type-off' | null =>
    template.projectId === projectId || template.isTaskTypeOn === 1 ? null : 'task-type-off'

/** @throws Problem `invalid-input` */
export async function requirePart(trx: Transaction<V2Tables>, { taskTypeId, sectionId }: PartOfProject) {
  if (taskTypeId !== undefined) await getReferred(trx, 'task_types', taskTypeId, '/taskTypeId')
  if (sectionId === undefined) return
  const section = await getReferred(trx, 'v2_task_type_sections', sectionId, '/sectionId')
  if (taskTypeId !== undefined && section.taskTypeId !== taskTypeId)
    throw invalidInput([{ path: '/sectionId', message: 'must be a section of the task type' }])
}
