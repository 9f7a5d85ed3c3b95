import { milestoneOf } from '../mapping/unsectioned.js'
import type { Around } from './around.js'
import { call } from './procedure.js'
import { settlePlace } from './settle-places.js'
import { settle, settleAltered } from './settle-twins.js'
import { versionsOf, type Event } from './up-triggers.js'

export const aroundTemplates: Around = { before: beforeTemplate, after: afterTemplate }

export const standInSection = `UPDATE v2_project_task_templates SET sectionId = w.sectionId FROM v2_tasks w
    WHERE v2_project_task_templates.id = NEW.id AND w.id = NEW.taskId AND v2_project_task_templates.sectionId IS NOT w.sectionId`

function beforeTemplate(event: Event): string[] {
  return [
    ...(event === 'UPDATE' ? settlePlace('NEW.taskId') : []),
    ...(event === 'INSERT' ? [] : [settleLoneTwin(event)]),
    ...(event === 'DELETE' ? [] : [standInSection]),
  ]
}

/** A twin that loses its last template by a write to v2 stays where it is, so v1 gets a task for it. */
function settleLoneTwin(event: Event): string {
  const milestone = `(SELECT ${milestoneOf('w.sectionId', 'w.taskTypeId')} FROM v2_tasks w WHERE w.id = OLD.taskId)`
  return settle(
    `u.milestoneId = ${milestone} AND u.id = OLD.taskId
    AND NOT EXISTS (SELECT 1 FROM v2_project_task_templates other WHERE other.taskId = OLD.taskId)
    ${event === 'UPDATE' ? 'AND OLD.taskId IS NOT NEW.taskId' : ''}`,
  )
}

/** A task that takes its templates along tells its task type no more: then any pair of the project may be meant. */
function afterTemplate(event: Event): string[] {
  const pairs = versionsOf(event)
    .map(
      (row) => `SELECT ${row}.projectId, w.taskTypeId FROM v2_tasks w WHERE w.id = ${row}.taskId
    UNION SELECT x.projectId, x.taskTypeId FROM v2_project_task_types x
    WHERE x.projectId = ${row}.projectId AND NOT EXISTS (SELECT 1 FROM v2_tasks w WHERE w.id = ${row}.taskId)`,
    )
    .join(' UNION ')
  const concerned = `SELECT * FROM (${pairs}) ${event === 'UPDATE' ? `WHERE ${concernsPairs}` : ''}`
  return [
    call('write_project_task_types', concerned),
    ...(event === 'INSERT' ? [] : [call('remove_project_task_types', concerned)]),
    // A twin that is none any more may have been why another one was told apart.
    ...(event === 'INSERT' ? [] : [settleAltered(leftMilestone(event))]),
  ]
}

const leftMilestone = (event: Event) =>
  `SELECT ${milestoneOf('w.sectionId', 'w.taskTypeId')} FROM v2_tasks w WHERE w.id = OLD.taskId
    ${event === 'UPDATE' ? 'AND OLD.taskId IS NOT NEW.taskId' : ''}`

/** An id that changes reaches the templates before the rest: then the old project, or task, is not there any more. */
export const isOtherPair = `((OLD.taskId IS NOT NEW.taskId AND EXISTS (SELECT 1 FROM v2_tasks WHERE id = OLD.taskId))
    OR (OLD.projectId IS NOT NEW.projectId AND EXISTS (SELECT 1 FROM projects WHERE id = OLD.projectId)))`

const concernsPairs = `(OLD.isActive IS NOT NEW.isActive OR ${isOtherPair})`
