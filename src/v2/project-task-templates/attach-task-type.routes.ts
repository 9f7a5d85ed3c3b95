import { write } from '../../db/database.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams, ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import { attachTaskType } from './attach-task-type.js'
import { Attached, AttachTaskType, TaskDueDate } from './attach-task-type.schemas.js'

const schema = {
  operationId: 'attachTaskType',
  summary: 'Give a project the tasks of a task type, each with a due date',
  tags: ['Projects'],
  params: IdParams,
  body: AttachTaskType,
  response: { 200: Attached, 201: Attached, ...ProblemAnswers },
}

export function attachTaskTypeRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema, config: { group: 'taskCreate' } } as const
  app.post('/projects/:id/task-types', options, async ({ params, body }, reply) => {
    const at = now()
    const { taskTypeId, anchorDate, offsets = [], dueDates = [] } = fromWire(AttachTaskType, body)
    const schedule = { anchorDate, offsets, dueDates: dueDates.map((one) => fromWire(TaskDueDate, one)) }
    const attached = await write(db, async (trx) => {
      const { id: projectId } = await getRow(projects, trx, params.id, at)
      return attachTaskType(trx, { projectId, taskTypeId }, schedule, at)
    })
    const projectTaskType = toWire(Attached.properties.projectTaskType, attached.projectTaskType)
    return reply.code(attached.created > 0 ? 201 : 200).send({ ...attached, projectTaskType })
  })
}
