import { Type } from '@sinclair/typebox'
import { write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { etagOf, requireMatch } from '../../http/etag.js'
import { answerPage, readPage } from '../../http/page.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams, PageOf, PageQuery } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import {
  deleteProjectTaskType,
  getProjectTaskType,
  listProjectTaskTypes,
  type Pair,
} from './project-task-types.repository.js'
import {
  PatchProjectTaskType,
  ProjectTaskType,
  ProjectTaskTypeFilters,
  ProjectTaskTypeParams,
  SwitchedProjectTaskType,
} from './project-task-types.schemas.js'
import { switchTaskType } from './switch-task-type.js'

const noun = 'project task type'
const path = '/projects/:id/task-types/:taskTypeId'
const described = { tags: ['Projects'], params: ProjectTaskTypeParams }

const listSchema = {
  operationId: 'listProjectTaskTypes',
  summary: 'List the task types of a project',
  description: 'A page at a time, ordered by id.',
  tags: ['Projects'],
  params: IdParams,
  querystring: Type.Object({ ...PageQuery, ...ProjectTaskTypeFilters }, { additionalProperties: false }),
  response: { 200: PageOf(ProjectTaskType) },
}

const getSchema = {
  ...described,
  operationId: 'getProjectTaskType',
  summary: 'Get one task type of a project',
  description: 'The ETag of the answer is what If-Match of a later change names.',
  response: { 200: ProjectTaskType },
  'x-etag': true,
}

const patchSchema = {
  ...described,
  operationId: 'updateProjectTaskType',
  summary: 'Switch a task type of a project off or on',
  description: 'Its templates and their instances are switched along; nothing is deleted.',
  body: PatchProjectTaskType,
  response: { 200: SwitchedProjectTaskType },
  'x-etag': true,
}

const deleteSchema = {
  ...described,
  operationId: 'deleteProjectTaskType',
  summary: 'Remove a task type from a project; its templates and instances stay, switched off',
  description: 'Attached again, it finds its templates and instances as they were.',
  response: { 204: Type.Null({ description: 'Removed' }) },
}

export function projectTaskTypeRoutes(app: App, context: Context<V2Tables>): void {
  readRoutes(app, context)
  switchRoutes(app, context)
}

function readRoutes(app: App, { db, now }: Context<V2Tables>): void {
  const options = { config: { group: 'taskRead' } } as const
  app.get('/projects/:id/task-types', { schema: listSchema, ...options }, async (request, reply) => {
    const { limit, cursor, ...filters } = request.query
    const page = readPage({ limit, ...(cursor === undefined ? {} : { cursor }) })
    const { id: projectId } = await getRow(projects, db.reader, request.params.id, now())
    const rows = await listProjectTaskTypes(db.reader, page, { ...filters, projectId })
    const answer = answerPage(request, reply, page, rows)
    return { ...answer, items: answer.items.map((row) => toWire(ProjectTaskType, row)) }
  })

  app.get(path, { schema: getSchema, ...options }, async ({ params }, reply) => {
    const wire = toWire(ProjectTaskType, await getProjectTaskType(db.reader, pairIn(params)))
    return reply.header('etag', etagOf(wire)).send(wire)
  })
}

function switchRoutes(app: App, { db, now }: Context<V2Tables>): void {
  const patch = { schema: patchSchema, config: { group: 'taskWrite' } } as const
  app.patch(path, patch, async (request, reply) => {
    const { params, body, headers } = request
    const pair = pairIn(params)
    const { row, ...switched } = await write(signed(db, request), async (trx) => {
      const before = await getProjectTaskType(trx, pair)
      requireMatch(headers['if-match'], toWire(ProjectTaskType, before), noun)
      const switched = await switchTaskType(trx, pair, body.isActive ? 1 : 0, now())
      return { row: await getProjectTaskType(trx, pair), ...switched }
    })
    const projectTaskType = toWire(ProjectTaskType, row)
    return reply.header('etag', etagOf(projectTaskType)).send({ projectTaskType, ...switched })
  })

  const remove = { schema: deleteSchema, config: { group: 'taskCreate' } } as const
  app.delete(path, remove, async (request, reply) => {
    const { params, headers } = request
    const pair = pairIn(params)
    await write(signed(db, request), async (trx) => {
      const row = await getProjectTaskType(trx, pair)
      requireMatch(headers['if-match'], toWire(ProjectTaskType, row), noun)
      await switchTaskType(trx, pair, 0, now())
      await deleteProjectTaskType(trx, row)
    })
    return reply.code(204).send(null)
  })
}

const pairIn = ({ id, taskTypeId }: { id: string; taskTypeId: string }): Pair => ({
  projectId: id,
  taskTypeId,
})
