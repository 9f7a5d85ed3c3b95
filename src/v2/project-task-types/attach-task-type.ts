import type { Transaction } from 'kysely'
import { invalidInput } from '../../kernel/problem.js'
import { createInstancesOfTemplates } from '../missing-instances.js'
import {
  insertTemplate,
  listTasksForProject,
} from '../project-task-templates/project-task-templates.repository.js'
import { getReferred } from '../references.js'
import type { V2Tables } from '../tables.js'
import type { Pair } from './project-task-types.repository.js'
import { duesByTask, type Due, type Schedule } from './schedule.js'
import { isOn, switchTaskType } from './switch-task-type.js'

/**
 * Gives the project a template of every task and sub-task of the type that it lacks, and the assigned
 * suppliers their instances. A task type that was switched off or removed is switched on again.
 *
 * @throws Problem `invalid-input` where a task that is lacking has no due date in the schedule
 */
export async function attachTaskType(
  trx: Transaction<V2Tables>,
  pair: Pair,
  schedule: Schedule,
  now: number,
) {
  await getReferred(trx, 'task_types', pair.taskTypeId, '/taskTypeId')
  const tasks = await listTasksForProject(trx, pair.taskTypeId, pair.projectId)
  const lacking = tasks.filter(({ templateDueDate }) => templateDueDate === null)
  const dues = requireDues(lacking, duesByTask(schedule, tasks))

  const switched = (await isOn(trx, pair)) ? nothingSwitched : await switchTaskType(trx, pair, 1, now)
  const created: string[] = []
  for (const { task, due } of dues)
    created.push(await insertTemplate(trx, task, { projectId: pair.projectId, taskId: task.id, ...due }, now))
  const instances = await createInstancesOfTemplates(trx, created, now)
  return {
    created: created.length,
    skipped: tasks.length - created.length,
    activated: switched.templatesChanged,
    instancesCreated: switched.instancesCreated + instances.created,
  }
}

const nothingSwitched = { templatesChanged: 0, instancesCreated: 0 }

function requireDues<Task extends { id: string; name: string }>(
  tasks: readonly Task[],
  dues: ReadonlyMap<string, Due>,
): { task: Task; due: Due }[] {
  const errors = tasks
    .filter(({ id }) => !dues.has(id))
    .map(({ id, name }) => ({ path: '/dueDates', message: `lacks the task "${id}" (${name})` }))
  if (errors.length > 0) throw invalidInput(errors)
  return tasks.flatMap((task) => {
    const due = dues.get(task.id)
    return due === undefined ? [] : [{ task, due }]
  })
}
