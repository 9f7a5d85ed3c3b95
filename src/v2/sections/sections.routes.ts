import { write } from '../../db/database.js'
import { etagOf } from '../../http/etag.js'
import { answerPage, readPage } from '../../http/page.js'
import { defineResource, getRow, type Context } from '../../http/resource.js'
import { IdParams, PageOf, PageQuery, ProblemAnswers } from '../../http/schemas.js'
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
  tags: ['Sections'],
  params: IdParams,
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: PageOf(Section), ...ProblemAnswers },
}

const createSchema = {
  operationId: 'createSectionOfTaskType',
  summary: 'Create a section of a task type',
  tags: ['Sections'],
  params: IdParams,
  body: CreateSectionOfTaskType,
  response: { 201: Section, ...ProblemAnswers },
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

  app.post(path, { schema: createSchema, config: { group: 'taskCreate' } }, async (request, reply) => {
    const at = now()
    const values = fromWire(CreateSectionOfTaskType, request.body)
    const row = await write(db, async (trx) => {
      const { id: taskTypeId } = await getRow(taskTypes, trx, request.params.id, at)
      return getRow(sections, trx, await insertSection(trx, { ...values, taskTypeId }, at), at)
    })
    const wire = toWire(Section, row)
    return reply
      .code(201)
      .header('etag', etagOf(wire))
      .header('location', `${app.prefix}/${sections.path}/${row.id}`)
      .send(wire)
  })
}
