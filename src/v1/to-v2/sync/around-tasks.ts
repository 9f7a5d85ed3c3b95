import { isLegacyTaskId } from '../mapping/legacy-names.js'
import { isMisfiled, isTwinOf, twinId } from '../mapping/tasks.js'
import { makeUnsectioned, makeUnsectionedOnUpdate, milestoneOf } from '../mapping/unsectioned.js'
import type { RowVersion } from '../mapping/row-mapping.js'
import type { Around } from './around.js'
import { holdTaskName } from './hold-names.js'
import { pairsOfTaskType, pairsThatChange, refreshPairs } from './pairs.js'
import { call } from './procedure.js'
import { settleSection } from './settle-places.js'
import { settle, settleAltered } from './settle-twins.js'
import { versionsOf, type Event } from './up-triggers.js'

export const aroundTasks: Around = { before: beforeTask, after: afterTask }

const milestoneOfRow = (row: RowVersion) => milestoneOf(`${row}.sectionId`, `${row}.taskTypeId`)

/** Without any milestone it is a task type whose id changes, and whose milestones come after. */
const isOtherMilestone = `(${milestoneOfRow('OLD')} IS NOT ${milestoneOfRow('NEW')} AND ${milestoneOfRow('NEW')} IS NOT NULL)`

/** A task type whose id changes takes its twins along. */
const isNoCascade = 'EXISTS (SELECT 1 FROM task_types WHERE id = OLD.taskTypeId)'

/**
 * A twin that v2 writes to becomes a task of its own. So do the twins of a task that goes or moves:
 * deleting it in v1 would take along what they hold, and moving it could turn one of them into it.
 */
function beforeTask(event: Event): string[] {
  if (event === 'INSERT') return [makeUnsectioned, settleItsSection]
  if (event === 'DELETE') return [settle('u.twinOf = OLD.id'), templatesOfTwinGo]
  return [
    settle(`u.milestoneId = ${milestoneOfRow('OLD')} AND u.id = OLD.id AND ${isNoCascade}`),
    settle(`u.twinOf = OLD.id AND (OLD.id IS NOT NEW.id OR ${isOtherMilestone})`),
    makeUnsectionedOnUpdate,
    settleItsSection,
  ]
}

/** The task of the legacy templates is not in v1, wherever it stands. */
const settleItsSection = settleSection(`iif(${isLegacyTaskId('NEW.id')}, NULL, NEW.sectionId)`)

/** Those that v2 has got went with the twin; while the backfill goes on, v1 may have more. */
const templatesOfTwinGo = `DELETE FROM project_milestone_tasks WHERE id IN (
    SELECT p.id FROM project_milestone_tasks p JOIN tasks t ON t.id = p.taskId
    WHERE p.milestoneId = ${milestoneOfRow('OLD')} AND ${isMisfiled('t', 'p')}
      AND ${twinId('p.taskId', 'p.milestoneId')} = OLD.id)`

function afterTask(event: Event): string[] {
  const milestones = versionsOf(event)
    .map(
      (row) => `SELECT ${milestoneOfRow(row)}
    UNION SELECT q.milestoneId FROM project_milestone_tasks q WHERE q.taskId = ${row}.id
    UNION SELECT settled.milestoneId FROM tasks settled WHERE ${isTwinOf('settled.id', `${row}.id`)}`,
    )
    .join(' UNION ')
  return [
    ...(event === 'UPDATE' ? moveTemplates : []),
    ...(event === 'DELETE' ? [] : [call(holdTaskName.name, 'SELECT NEW.id')]),
    settleAltered(milestones),
    ...(event === 'UPDATE' ? refreshPairs(pairsOfTask) : []),
    ...(event === 'DELETE' ? refreshPairs(pairsOfTaskType) : []),
  ]
}

const pairsOfTask = pairsThatChange('v2_project_task_templates p WHERE p.taskId = NEW.id')

/** A task's templates stand in its section. */
const moveTemplates = [
  `UPDATE v2_project_task_templates SET sectionId = NEW.sectionId
    WHERE taskId = NEW.id AND sectionId IS NOT NEW.sectionId`,
  `UPDATE project_milestone_tasks SET milestoneId = ${milestoneOfRow('NEW')}
    WHERE taskId = NEW.id AND milestoneId = ${milestoneOfRow('OLD')} AND ${isOtherMilestone}`,
]
