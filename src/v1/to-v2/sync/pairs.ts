import { call } from './procedure.js'

/** Makes the task types of projects what their templates say. `pairs` is a SELECT of projectId and taskTypeId. */
export const refreshPairs = (pairs: string): string[] =>
  ['write', 'remove'].map((step) => call(`${step}_project_task_types`, pairs))

/** Projects that have the templates in question have another task type now. */
export const pairsThatChange = (templates: string): string =>
  ['OLD', 'NEW']
    .map(
      (row) =>
        `SELECT p.projectId, ${row}.taskTypeId FROM ${templates} AND OLD.taskTypeId IS NOT NEW.taskTypeId`,
    )
    .join(' UNION ')

/** v1's templates go with their task or section, also those that v2 has not got yet. */
export const pairsOfTaskType =
  'SELECT x.projectId, x.taskTypeId FROM v2_project_task_types x WHERE x.taskTypeId = OLD.taskTypeId'
