import { fits } from '../held-rows.js'
import { viewName, type RowMapping } from '../mapping/row-mapping.js'
import { isNameTaken } from '../mapping/tasks.js'
import { call, createTrigger, isUsersWrite } from './procedure.js'

/**
 * v1 knows no parents: a sub-task whose parent goes, or which leaves its parent's section there, stays as a
 * task of its own. It has v1's name once it is written.
 *
 * @param which SQL over v2_tasks
 * @param thenWrite statements that write those in `promoted_tasks`
 */
const promote = (which: string, thenWrite: readonly string[]): string[] => [
  `DELETE FROM task_forms WHERE id IN (SELECT id FROM v2_tasks WHERE ${which})`,
  `INSERT INTO promoted_tasks SELECT id FROM v2_tasks WHERE ${which}`,
  `UPDATE v2_tasks SET parentTaskId = NULL,
      name = CASE WHEN ${isNameTaken('v2_tasks', 'v2_tasks.name')} THEN name || ' (' || id || ')' ELSE name END
    WHERE id IN (SELECT id FROM promoted_tasks)`,
  ...thenWrite,
  'DELETE FROM promoted_tasks',
]

export const promoteSubTasks = (which: string): string[] =>
  promote(which, [call('write_tasks', 'SELECT id FROM promoted_tasks')])

/**
 * A sub-task that is about to be written to another section than its parent's. One that does not fit there stays, and so
 * does one that a milestone takes along whose id changes: v2 has no section of that id yet.
 */
export const promoteMoved = (tasks: RowMapping): string[] =>
  promote(
    `id = NEW.id AND EXISTS (SELECT 1 FROM v2_tasks parent JOIN ${viewName(tasks)} u ON u.id = NEW.id
      WHERE parent.id = v2_tasks.parentTaskId AND parent.sectionId IS NOT u.sectionId AND ${fits(tasks)})`,
    [],
  )

/**
 * v1's names are unique in their milestone, and so are v2's at their place; but v2 may call a task by a name
 * that it has not in v1, and has one place for all tasks without a section. A task of v1 that takes that name there is told apart by its id, as a form says.
 */
export const giveWay = `INSERT INTO task_forms (id, taskName, name)
    SELECT t.id, t.name, t.name || ' (' || t.id || ')'
    FROM tasks t JOIN up_tasks u ON u.id = t.id LEFT JOIN v2_tasks w ON w.id = t.id
    WHERE t.id = NEW.id AND EXISTS (
      SELECT 1 FROM v2_tasks o JOIN tasks ot ON ot.id = o.id LEFT JOIN task_forms f ON f.id = o.id
      WHERE o.id <> u.id AND o.name = u.name AND (f.id IS NOT NULL OR ot.milestoneId IS NOT t.milestoneId)
        AND coalesce(o.sectionId, o.taskTypeId) = coalesce(u.sectionId, u.taskTypeId) AND o.parentTaskId IS w.parentTaskId)
    ON CONFLICT (id) DO UPDATE SET taskName = excluded.taskName, name = excluded.name`

/** Sub-tasks go where their parent goes, in v1 as in v2: as writes of their own, with all that follows from them. */
export const subTasksFollow = `UPDATE v2_tasks SET sectionId = parent.sectionId, taskTypeId = parent.taskTypeId
    FROM v2_tasks parent WHERE parent.id = NEW.id AND v2_tasks.parentTaskId = NEW.id
      AND (v2_tasks.sectionId IS NOT parent.sectionId OR v2_tasks.taskTypeId IS NOT parent.taskTypeId)`

const isMisplaced = `(NEW.parentTaskId IS NULL AND EXISTS (
    SELECT 1 FROM v2_task_type_sections s JOIN task_types tt ON tt.id = s.taskTypeId
    WHERE s.id = NEW.sectionId AND s.taskTypeId <> NEW.taskTypeId))
  OR EXISTS (SELECT 1 FROM v2_tasks parent JOIN task_types tt ON tt.id = parent.taskTypeId
    LEFT JOIN v2_task_type_sections s ON s.id = parent.sectionId
    WHERE parent.id = NEW.parentTaskId AND (parent.taskTypeId <> NEW.taskTypeId
      OR (parent.sectionId IS NOT NEW.sectionId AND s.id IS parent.sectionId)))`

/**
 * What v1 could not show: while both schemas stand, other programs are held to v2's rules of place too.
 * The joins let a changed id reach all that refer to it, one after the other.
 */
export const placeTriggers: readonly string[] = [
  ...['INSERT', 'UPDATE OF taskTypeId, sectionId, parentTaskId'].map((event) =>
    createTrigger(
      `place_v2_tasks_${event.slice(0, 6).toLowerCase()}`,
      `BEFORE ${event} ON v2_tasks WHEN ${isUsersWrite} AND (${isMisplaced})`,
      [
        `SELECT RAISE(ABORT, 'v2_tasks: a task has the task type of its section, a sub-task the section and task type of its parent')`,
      ],
    ),
  ),
  createTrigger(
    'follow_v2_tasks_update',
    `AFTER UPDATE OF taskTypeId, sectionId ON v2_tasks
WHEN ${isUsersWrite} AND (OLD.taskTypeId IS NOT NEW.taskTypeId OR OLD.sectionId IS NOT NEW.sectionId)`,
    [subTasksFollow],
  ),
]
