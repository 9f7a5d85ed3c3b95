import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { answerPage, readPage } from '../../http/page.js'
import { defineResource, getRow, type Context } from '../../http/resource.js'
import { IdParams, PageOf, PageQuery } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import { Type } from '@sinclair/typebox'
import type { V2Tables } from '../tables.js'
import { taskTypes } from '../task-types/task-types.routes.js'
import {
  deleteSection,
  findSection,
  insertSection,
  listSections,
  updateSection,
} from './sections.repository.js'
import {
  CreateSection,
  CreateSectionOfTaskType,
  PatchSection,
  Section,
  SectionFilters,
} from './sections.schemas.js'

export const sections = defineResource<V2Tables>()({
  path: 'task-type-sections',
  name: 'Section',
  plural: 'Sections',
  noun: 'section',
  item: Section,
  create: CreateSection,
  patch: PatchSection,
  filters: SectionFilters,
  list: listSections,
  find: findSection,
  insert: insertSection,
  update: updateSection,
  remove: deleteSection,
})

const listSchema = {
  operationId: 'listSectionsOfTaskType',
  summary: 'List the sections of a task type',
  description: 'The same sections as under /task-type-sections. A page at a time, ordered by id.',
  tags: ['Sections'],
  params: IdParams,
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: PageOf(Section) },
}

const createSchema = {
  operationId: 'createSectionOfTaskType',
  summary: 'Create a section of a task type',
  description: 'The same as under /task-type-sections, for the task type in the path.',
  tags: ['Sections'],
  headers: OnceHeaders,
  params: IdParams,
  body: CreateSectionOfTaskType,
  response: { 201: Section },
  'x-etag': true,
}

/** The same sections, under their task type. */
export function taskTypeSectionRoutes(app: App, { db, now }: Context<V2Tables>): void {
  const path = '/task-types/:id/sections'

  app.get(path, { schema: listSchema, config: { group: 'taskRead' } }, async (request, reply) => {
    const page = readPage(request.query)
    const { id: taskTypeId } = await getRow(taskTypes, db.reader, request.params.id, now())
    const answer = answerPage(request, reply, page, await listSections(db.reader, page, { taskTypeId }))
    return { ...answer, items: answer.items.map((row) => toWire(Section, row)) }
  })

  app.post(path, { schema: createSchema, config: { group: 'taskCreate' } }, (request, reply) => {
    const at = now()
    const values = fromWire(CreateSectionOfTaskType, request.body)
    return answerOnce(signed(db, request), reply, async (trx) => {
      const { id: taskTypeId } = await getRow(taskTypes, trx, request.params.id, at)
      const id = await insertSection(trx, { ...values, taskTypeId }, at)
      const body = toWire(Section, await getRow(sections, trx, id, at))
      const location = `${app.prefix}/${sections.path}/${id}`
      return { status: 201, headers: { etag: etagOf(body), location }, body }
    })
  })
}
