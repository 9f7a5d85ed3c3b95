import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { getRow, type Context, type Values } from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import { attachTaskType } from './attach-task-type.js'
import { Attached, AttachTaskType, MilestoneDate, TaskDueDate } from './attach-task-type.schemas.js'
import { getProjectTaskType } from './project-task-types.repository.js'
import { ProjectTaskType } from './project-task-types.schemas.js'
import type { Schedule } from './schedule.js'

const schema = {
  operationId: 'attachTaskType',
  summary: 'Give a project the tasks of a task type, each with a due date',
  description:
    'Dates come from `dueDates`, or are counted from an anchor by `offsets`. Assigned suppliers get their instances. 201 where a template was made, else 200.',
  tags: ['Projects'],
  headers: OnceHeaders,
  params: IdParams,
  body: AttachTaskType,
  response: { 200: Attached, 201: Attached },
  'x-etag': true,
}

export function attachTaskTypeRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema, config: { group: 'taskCreate' } } as const
  app.post('/projects/:id/task-types', options, (request, reply) => {
    const { params, body } = request
    const at = now()
    const schedule = scheduleIn(fromWire(AttachTaskType, body))
    return answerOnce(signed(db, request), reply, async (trx) => {
      const { id: projectId } = await getRow(projects, trx, params.id, at)
      const pair = { projectId, taskTypeId: body.taskTypeId }
      const attached = await attachTaskType(trx, pair, schedule, at)
      const projectTaskType = toWire(ProjectTaskType, await getProjectTaskType(trx, pair))
      const status = attached.created > 0 ? 201 : 200
      const location = `${app.prefix}/projects/${projectId}/task-types/${body.taskTypeId}`
      const headers = { etag: etagOf(projectTaskType), location }
      return { status, headers, body: { projectTaskType, ...attached } }
    })
  })
}

const scheduleIn = (values: Values<typeof AttachTaskType>): Schedule => ({
  anchorDate: values.anchorDate,
  dueDates: (values.dueDates ?? []).map((one) => fromWire(TaskDueDate, one)),
  milestoneDates: (values.milestoneDates ?? []).map((one) => fromWire(MilestoneDate, one)),
  offsets: (values.offsets ?? []).map((one) => ({ anchor: values.anchor ?? 'project_start', ...one })),
})
