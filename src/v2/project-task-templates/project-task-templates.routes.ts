import { readSnapshot, write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import {
  createRoute,
  deleteRoute,
  getMatchingRow,
  getRow,
  readRoutes,
  type Context,
} from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import type { V2Tables } from '../tables.js'
import { addTemplate, changeTemplate, removeTemplate } from './change-template.js'
import { movedDates } from './moved-dates.schemas.js'
import { findTemplate, listTemplates } from './project-task-templates.repository.js'
import {
  ChangedTemplate,
  CreateTemplate,
  PatchTemplate,
  Template,
  TemplateFilters,
} from './project-task-templates.schemas.js'

export const templates = {
  path: 'project-task-templates',
  name: 'ProjectTaskTemplate',
  plural: 'ProjectTaskTemplates',
  noun: 'project task template',
  item: Template,
  create: CreateTemplate,
  patch: PatchTemplate,
  filters: TemplateFilters,
  list: listTemplates,
  find: findTemplate,
  insert: addTemplate,
  remove: removeTemplate,
}

const patchSchema = {
  operationId: 'updateProjectTaskTemplate',
  summary: 'Change a project task template, and carry a new due date to its instances',
  description:
    'Instances that are completed, or have an agreed date of their own, keep their due date; the answer counts both. With `dryRun` nothing is written.',
  tags: [templates.plural],
  params: IdParams,
  body: PatchTemplate,
  response: { 200: ChangedTemplate },
  'x-etag': true,
}

export function templateRoutes(app: App, context: Context<V2Tables>): void {
  readRoutes(app, context, templates)
  createRoute(app, context, templates)
  patchTemplateRoute(app, context)
  deleteRoute(app, context, templates)
}

function patchTemplateRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema: patchSchema, config: { group: 'taskWrite' } } as const
  app.patch(`/${templates.path}/:id`, options, async (request, reply) => {
    const at = now()
    const { dryRun = false, ...asked } = request.body
    const change = { ...fromWire(PatchTemplate, asked), dryRun }
    const run = dryRun ? readSnapshot : write
    const { row, moves } = await run(signed(db, request), async (trx) => {
      const before = await getMatchingRow(templates, trx, request, at)
      const moves = await changeTemplate(trx, before, change, at)
      return { row: await getRow(templates, trx, before.id, at), moves }
    })
    const template = toWire(Template, row)
    return reply.header('etag', etagOf(template)).send({ template, ...movedDates(moves, dryRun) })
  })
}
