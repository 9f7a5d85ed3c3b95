import { keptColumns } from '../mapping/row-mapping.js'
import { isOfMilestone, taskTwins, twinId } from '../mapping/tasks.js'
import { call, createTrigger, isUsersWrite, type Procedure } from './procedure.js'
import { callStep } from './up-procedures.js'

const id = twinId('NEW.twinOf', 'NEW.milestoneId')
const values = ['name', 'description', 'sequence', 'isRequired', 'createdAt', 'updatedAt']

/** With the values that v2 has, where it has the twin already: what v1 says may have changed just now. */
const twin = `(SELECT u.id, u.milestoneId, ${values.map((column) => `iif(w.id IS NULL, u.${column}, w.${column}) AS ${column}`).join(', ')}
    FROM up_task_twins u LEFT JOIN v2_tasks w ON w.id = u.id
    WHERE u.twinOf = NEW.twinOf AND u.milestoneId = NEW.milestoneId AND (u.misfit IS NULL OR w.id IS NOT NULL)) u`
const isTaken = `EXISTS (SELECT 1 FROM tasks o WHERE o.milestoneId = u.milestoneId AND o.name = u.name)`
const nameWithId = `u.name || ' (' || u.id || ')'`

/**
 * A twin is a task of v2 that v1 shows only by templates which name another milestone. Before v2 changes
 * it, or takes away what it follows from, v1 gets a task for it, under the twin's id, and its templates
 * point to that: then it is no twin any more, and nothing else has changed.
 */
export const settleTwin: Procedure = {
  name: 'settle_twin',
  keys: ['twinOf', 'milestoneId'],
  statements: [
    `INSERT INTO task_forms (id, taskName, name) SELECT u.id, ${nameWithId}, u.name FROM ${twin} WHERE ${isTaken}
    ON CONFLICT (id) DO UPDATE SET taskName = excluded.taskName, name = excluded.name`,
    `INSERT INTO tasks (id, milestoneId, name, description, sequence, isRequired, createdAt, updatedAt)
    SELECT u.id, u.milestoneId, CASE WHEN ${isTaken} THEN ${nameWithId} ELSE u.name END,
      u.description, u.sequence, u.isRequired, u.createdAt, u.updatedAt
    FROM ${twin} WHERE NOT EXISTS (SELECT 1 FROM tasks o WHERE o.id = u.id)`,
    `UPDATE project_milestone_tasks SET taskId = ${id}
    WHERE taskId = NEW.twinOf AND milestoneId = NEW.milestoneId AND EXISTS (SELECT 1 FROM tasks o WHERE o.id = ${id})`,
    call('trace_templates', `SELECT p.id FROM project_milestone_tasks p WHERE p.taskId = ${id}`),
    // While the backfill goes on, v2 may lack the twin, and then it would not look for it any more.
    call('write_tasks', `SELECT ${id} WHERE NOT EXISTS (SELECT 1 FROM v2_tasks w WHERE w.id = ${id})`),
  ],
}

/** @param which SQL over `u`, a twin */
export const settle = (which: string): string =>
  call(settleTwin.name, `SELECT u.twinOf, u.milestoneId FROM twins u WHERE ${which}`)

/**
 * In v2 a twin is a task like any other, which no write to another task changes. One that v1 would now have
 * otherwise becomes a task of its own with the values that it has; and with it all of the section that were told
 * apart by their names, since each of those depends on the others.
 */
export function settleAltered(milestones: string): string {
  const differs = (byV1: string, inV2: string) =>
    `(${keptColumns(taskTwins)
      .map((column) => `${byV1}.${column} IS NOT ${inV2}.${column}`)
      .join(' OR ')})`
  return call(
    settleTwin.name,
    `SELECT u.twinOf, u.milestoneId FROM up_task_twins u JOIN v2_tasks w ON w.id = u.id JOIN tasks t ON t.id = u.twinOf
    WHERE u.milestoneId IN (${milestones}) AND (${differs('u', 'w')} OR (w.name IS NOT t.name AND EXISTS (
      SELECT 1 FROM up_task_twins x JOIN v2_tasks y ON y.id = x.id WHERE x.milestoneId = u.milestoneId AND ${differs('x', 'y')})))`,
  )
}

/**
 * A template that does not fit keeps its place in v2, and so its twin there, which no row of v1 asks for any
 * more. A write to v1 that lets the template go elsewhere does not tell which twin it leaves.
 */
export const leftTwinTriggers: readonly string[] = ['UPDATE OF taskId', 'DELETE'].map((event) =>
  createTrigger(
    `left_twin_${event.slice(0, 6).toLowerCase()}`,
    `AFTER ${event} ON v2_project_task_templates
WHEN NOT ${isUsersWrite} AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = OLD.taskId)`,
    callStep(
      'remove',
      taskTwins,
      `SELECT w.sectionId FROM v2_tasks w WHERE w.id = OLD.taskId AND w.sectionId IS NOT NULL
    UNION SELECT m.id FROM v2_tasks w JOIN milestones m ON m.taskTypeId = w.taskTypeId
    WHERE w.id = OLD.taskId AND w.sectionId IS NULL AND ${isOfMilestone('OLD.taskId', 'm.id')}`,
    ),
  ),
)
