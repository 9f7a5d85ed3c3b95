import type { Transaction } from 'kysely'
import { invalidInput } from '../../kernel/problem.js'
import { createInstancesOfTemplates } from '../missing-instances.js'
import { getReferred } from '../references.js'
import type { V2Tables } from '../tables.js'
import { insertTemplate, listTasksForProject } from './project-task-templates.repository.js'
import { ensureProjectTaskType } from './project-task-types.repository.js'
import { duesByTask, type Schedule } from './schedule.js'

/**
 * Gives the project a template of every task and sub-task of the type that it lacks, and the assigned
 * suppliers their instances.
 *
 * @throws Problem `invalid-input` where a task that is lacking has no due date in the schedule
 */
export async function attachTaskType(
  trx: Transaction<V2Tables>,
  { projectId, taskTypeId }: { projectId: string; taskTypeId: string },
  schedule: Schedule,
  now: number,
) {
  await getReferred(trx, 'task_types', taskTypeId, '/taskTypeId')
  const tasks = await listTasksForProject(trx, taskTypeId, projectId)
  const ids = new Set(tasks.map(({ id }) => id))
  const dues = duesByTask(schedule, (taskId) => ids.has(taskId))
  const lacking = tasks.filter(({ templateId }) => templateId === null)
  requireDues(lacking, dues)

  const projectTaskType = await ensureProjectTaskType(trx, projectId, taskTypeId, now)
  const created: string[] = []
  for (const task of lacking) {
    const due = dues.get(task.id)
    if (due !== undefined)
      created.push(await insertTemplate(trx, task, { projectId, taskId: task.id, ...due }, now))
  }
  const instances = await createInstancesOfTemplates(trx, created, now)
  return {
    projectTaskType,
    created: created.length,
    skipped: tasks.length - created.length,
    instancesCreated: instances.created,
  }
}

function requireDues(
  tasks: readonly { id: string; name: string }[],
  dues: ReadonlyMap<string, unknown>,
): void {
  const errors = tasks
    .filter(({ id }) => !dues.has(id))
    .map(({ id, name }) => ({ path: '/dueDates', message: `lacks the task "${id}" (${name})` }))
  if (errors.length > 0) throw invalidInput(errors)
}
