import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { answerPage, readPage, type PageRequest } from '../../http/page.js'
import type { Context } from '../../http/resource.js'
import { IdParams, PageOf } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { notFound } from '../../kernel/problem.js'
import { findTemplate } from '../project-task-templates/project-task-templates.repository.js'
import { findProject } from '../projects/projects.repository.js'
import { findInstance } from '../supplier-task-instances/supplier-task-instances.repository.js'
import type { V2Tables } from '../tables.js'
import { listChangesIn, listChangesOf } from './history.repository.js'
import { ActivityQuery, Change, HistoryQuery } from './history.schemas.js'

const answers = { 200: PageOf(Change) }
const config = { group: 'taskRead' } as const

type Changes = Awaited<ReturnType<typeof listChangesOf>>

/** Of what exists, and of what is gone but has left a history. */
async function answerChanges(
  request: FastifyRequest,
  reply: FastifyReply,
  page: PageRequest,
  { rows, exists, noun, id }: { rows: Changes; exists: () => Promise<boolean>; noun: string; id: string },
) {
  if (rows.length === 0 && page.after === undefined && !(await exists())) throw notFound(noun, id)
  const answer = answerPage(request, reply, page, rows)
  return { ...answer, items: answer.items.map((row) => toWire(Change, row)) }
}

const kinds = [
  {
    path: 'supplier-task-instances',
    name: 'SupplierTaskInstance',
    noun: 'supplier task instance',
    subject: 'supplier-task-instance',
    find: (db: Kysely<V2Tables>, id: string): Promise<unknown> => findInstance(db, id, 0),
  },
  {
    path: 'project-task-templates',
    name: 'ProjectTaskTemplate',
    noun: 'project task template',
    subject: 'project-task-template',
    find: (db: Kysely<V2Tables>, id: string): Promise<unknown> => findTemplate(db, id),
  },
] as const

export function historyRoutes(app: App, context: Context<V2Tables>): void {
  const { db } = context
  for (const { path, name, noun, subject, find } of kinds) {
    const schema = {
      operationId: `list${name}History`,
      summary: `List who changed what of a ${noun}, newest first`,
      description: 'Of one that exists, or is gone and has left a history.',
      tags: [`${name}s`],
      params: IdParams,
      querystring: HistoryQuery,
      response: answers,
    }
    app.get(`/${path}/:id/history`, { schema, config }, async (request, reply) => {
      const page = readPage(request.query)
      const { id } = request.params
      const rows = await listChangesOf(db.reader, page, { subject, id })
      const exists = async () => (await find(db.reader, id)) !== undefined
      return answerChanges(request, reply, page, { rows, exists, noun, id })
    })
  }
  activityRoute(app, context)
}

const activity = {
  operationId: 'listProjectActivity',
  summary: 'List the changes of a project’s templates and instances, newest first',
  description: 'Of templates and instances that exist, and of those that are gone.',
  tags: ['Projects'],
  params: IdParams,
  querystring: ActivityQuery,
  response: answers,
}

function activityRoute(app: App, { db }: Context<V2Tables>): void {
  app.get('/projects/:id/activity', { schema: activity, config }, async (request, reply) => {
    const page = readPage(request.query)
    const { id } = request.params
    const rows = await listChangesIn(db.lists, page, id, request.query)
    const exists = async () => (await findProject(db.reader, id)) !== undefined
    return answerChanges(request, reply, page, { rows, exists, noun: 'project', id })
  })
}
