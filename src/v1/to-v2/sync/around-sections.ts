import { taskTwins } from '../mapping/tasks.js'
import type { Around } from './around.js'
import { holdSectionNames } from './hold-names.js'
import { pairsOfTaskType, pairsThatChange, refreshPairs } from './pairs.js'
import { call } from './procedure.js'
import { settleAltered } from './settle-twins.js'
import { callStep } from './up-procedures.js'
import { versionsOf, type Event } from './up-triggers.js'

export const aroundSections: Around = {
  after: afterSection,
  afterwards: (event) => (event === 'UPDATE' ? [tasksFollow] : []),
}

function afterSection(event: Event): string[] {
  const taskTypes = versionsOf(event).map((row) => `SELECT ${row}.taskTypeId`)
  const withTwins = `SELECT NEW.id UNION SELECT u.milestoneId FROM twins u WHERE u.homeId = NEW.id`
  return [
    call(
      holdSectionNames.name,
      `SELECT * FROM (${taskTypes.join(' UNION ')})${event === 'UPDATE' ? concernsNames : ''}`,
    ),
    ...(event === 'UPDATE'
      ? [...writeItsTwins, settleAltered(withTwins), ...refreshPairs(pairsOfSection)]
      : []),
    ...(event === 'DELETE' ? refreshPairs(pairsOfTaskType) : []),
  ]
}

/** A twin that v2 has is settled by now. While the backfill goes on it may lack some, which it looks for under the old id. */
const writeItsTwins = (['park', 'write', 'trace'] as const).flatMap((step) =>
  callStep(step, taskTwins, 'SELECT NEW.id WHERE OLD.id IS NOT NEW.id'),
)

const concernsNames =
  ' WHERE OLD.id IS NOT NEW.id OR OLD.taskTypeId IS NOT NEW.taskTypeId OR OLD.code IS NOT NEW.code OR OLD.name IS NOT NEW.name'

const pairsOfSection = pairsThatChange('project_milestone_tasks p WHERE p.milestoneId = NEW.id')

/** Its tasks have the task type of their section; sub-tasks follow theirs, and twins have it already. */
const tasksFollow = `UPDATE v2_tasks SET taskTypeId = NEW.taskTypeId
    WHERE sectionId = NEW.id AND taskTypeId IS NOT NEW.taskTypeId AND NOT EXISTS (
      SELECT 1 FROM v2_tasks parent WHERE parent.id = v2_tasks.parentTaskId AND parent.taskTypeId <> NEW.taskTypeId)`
