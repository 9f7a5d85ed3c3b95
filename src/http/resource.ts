import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox'
import type { FastifyRequest, FastifyTypeProviderDefault } from 'fastify'
import type { Kysely, Transaction } from 'kysely'
import { write, type Database } from '../db/database.js'
import type { ApiGroup } from '../kernel/api-groups.js'
import { requireNoCompletedWork } from '../kernel/completed-work.js'
import { notFound } from '../kernel/problem.js'
import { signed } from './auth.js'
import { etagOf, requireMatch } from './etag.js'
import { answerOnce, OnceHeaders } from './idempotency.js'
import { answerPage, readPage, type PageRequest } from './page.js'
import { ForceQuery, IdParams, PageOf, PageQuery, SortQuery } from './schemas.js'
import type { App } from './type-provider.js'
import { fromWire, toWire, type Stored } from './wire.js'

/** What a feature's routes work with. `now` gives epoch milliseconds: tests pass their own. */
export interface Context<Schema> {
  db: Database<Schema>
  now: () => number
}

/**
 * The same database under the names of another schema: one file holds both, and a handle must have one
 * owner. Type-level only.
 */
export const withSchema = <To, From>(context: Context<From>): Context<To> => context as unknown as Context<To>

/** The values of a body, ready for the database. */
export type Values<Body extends TObject> = Stored<Static<Body>>

/**
 * A kind of item with the five usual operations. The functions are its repository: they get the
 * executor first, and rows have instants in epoch milliseconds and booleans as 0/1.
 */
export interface Resource<
  Schema,
  Row extends { id: string },
  Item extends TObject,
  Create extends TObject,
  Patch extends TObject,
  Filters extends TProperties,
> {
  /** The URL's segment, plural: `project-task-templates`. */
  path: string
  /** In operation ids and tags, in messages: `ProjectTaskTemplate`, `ProjectTaskTemplates`, `project task template`. */
  name: string
  plural: string
  noun: string
  item: Item
  create: Create
  patch: Patch
  filters: Filters
  /** What the list can be sorted by; none given: it is ordered by id. */
  sorts?: readonly string[]
  /** At most `limit + 1` rows, ordered as the page says, after its position. `now` decides what is overdue. */
  list(db: Kysely<Schema>, page: PageRequest, filters: Static<TObject<Filters>>, now: number): Promise<Row[]>
  find(db: Kysely<Schema>, id: string, now: number): Promise<Row | undefined>
  /** Gives the new row's id. */
  insert(trx: Transaction<Schema>, values: Values<Create>, now: number): Promise<string>
  update(trx: Transaction<Schema>, row: Row, values: Values<Patch>, now: number): Promise<void>
  remove(trx: Transaction<Schema>, row: Row, now: number): Promise<void>
  /** How much completed work goes with the row: where there is any, only `?force=true` deletes it. */
  countCompleted?(trx: Transaction<Schema>, row: Row): Promise<number>
}

/** What every route needs of a resource. */
type Described = 'path' | 'name' | 'plural' | 'noun' | 'item'

/** Any resource, as the routes below see it: its own types matter only where it is defined. */
export type AnyResource<Schema> = Resource<Schema, { id: string }, TObject, TObject, TObject, TProperties>

interface ItemRequest {
  Params: { id: string }
}
interface BodyRequest {
  Body: Record<string, unknown>
}

/** Names the type arguments of a resource from its fields. */
export const defineResource =
  <Schema>() =>
  <
    Row extends { id: string },
    Item extends TObject,
    Create extends TObject,
    Patch extends TObject,
    Filters extends TProperties,
  >(
    resource: Resource<Schema, Row, Item, Create, Patch, Filters>,
  ) =>
    resource

/** Registers list, get, create, patch and delete. */
export function resourceRoutes<S>(app: App, context: Context<S>, resource: AnyResource<S>): void {
  readRoutes(app, context, resource)
  createRoute(app, context, resource)
  patchRoute(app, context, resource)
  deleteRoute(app, context, resource)
}

/** GET the list, and GET one. */
export function readRoutes<S>(
  app: App,
  { db, now }: Context<S>,
  resource: Pick<AnyResource<S>, Described | 'filters' | 'sorts' | 'list' | 'find'>,
): void {
  const { item, noun, plural, name, path } = resource
  const sortQuery = resource.sorts === undefined ? {} : SortQuery(resource.sorts)
  const query = Type.Object(
    { ...PageQuery, ...sortQuery, ...resource.filters },
    { additionalProperties: false },
  )
  const list = {
    operationId: `list${plural}`,
    summary: `List ${noun}s`,
    description:
      'A page at a time: the nextCursor of one is the cursor of the next. ' +
      (resource.sorts === undefined ? 'Ordered by id.' : 'Ordered by id, or as `sort` says.'),
    tags: [plural],
    querystring: query,
    response: { 200: PageOf(item) },
  }
  routes(app).get<{ Querystring: Parameters<typeof readPage>[0] }>(
    `/${path}`,
    { schema: list, config: { group: 'taskRead' } },
    async (request, reply) => {
      const page = readPage(request.query)
      const rows = await resource.list(db.lists, page, request.query, now())
      const answer = answerPage(request, reply, page, rows)
      return { ...answer, items: answer.items.map((row) => toWire(item, row)) }
    },
  )

  const get = {
    operationId: `get${name}`,
    summary: `Get one ${noun}`,
    description: 'The ETag of the answer is what If-Match of a later change names.',
    tags: [plural],
    params: IdParams,
    response: { 200: item },
    'x-etag': true,
  }
  routes(app).get<ItemRequest>(
    `/${path}/:id`,
    { schema: get, config: { group: 'taskRead' } },
    async (request, reply) => {
      const row = await getRow(resource, db.reader, request.params.id, now())
      const wire = toWire(item, row)
      void reply.header('etag', etagOf(wire))
      return wire
    },
  )
}

export function createRoute<S>(
  app: App,
  { db, now }: Context<S>,
  resource: Pick<AnyResource<S>, Described | 'create' | 'find' | 'insert'>,
): void {
  const { item, noun, plural, name, path } = resource
  const schema = {
    operationId: `create${name}`,
    summary: `Create a ${noun}`,
    description: 'The answer is the whole of it, with its ETag, and with its address in Location.',
    tags: [plural],
    headers: OnceHeaders,
    body: resource.create,
    response: { 201: item },
    'x-etag': true,
  }
  routes(app).post<BodyRequest>(`/${path}`, { schema, config: { group: 'taskCreate' } }, (request, reply) => {
    const at = now()
    return answerOnce(signed(db, request), reply, async (trx) => {
      const id = await resource.insert(trx, fromWire(resource.create, request.body), at)
      const body = toWire(item, await getRow(resource, trx, id, at))
      return { status: 201, headers: { etag: etagOf(body), location: `${pathOf(request)}/${id}` }, body }
    })
  })
}

export function patchRoute<S>(
  app: App,
  { db, now }: Context<S>,
  resource: Pick<AnyResource<S>, Described | 'patch' | 'find' | 'update'>,
): void {
  const { item, noun, plural, name, path } = resource
  const schema = {
    operationId: `update${name}`,
    summary: `Change a ${noun}`,
    description:
      'Fields that are left out stay as they are; the answer is the whole of it, with its new ETag.',
    tags: [plural],
    params: IdParams,
    body: resource.patch,
    response: { 200: item },
    'x-etag': true,
  }
  routes(app).patch<ItemRequest & BodyRequest>(
    `/${path}/:id`,
    { schema, config: { group: 'taskWrite' } },
    async (request, reply) => {
      const at = now()
      const row = await write(signed(db, request), async (trx) => {
        const before = await getMatchingRow(resource, trx, request, at)
        await resource.update(trx, before, fromWire(resource.patch, request.body), at)
        return getRow(resource, trx, before.id, at)
      })
      const wire = toWire(item, row)
      void reply.header('etag', etagOf(wire))
      return wire
    },
  )
}

export function deleteRoute<S>(
  app: App,
  { db, now }: Context<S>,
  resource: Pick<AnyResource<S>, Described | 'find' | 'remove' | 'countCompleted'>,
): void {
  const { noun, plural, name, path, countCompleted } = resource
  const schema = {
    operationId: `delete${name}`,
    summary: `Delete a ${noun}`,
    description:
      countCompleted === undefined
        ? 'It cannot be taken back.'
        : 'With its supplier task instances; where some are completed, only with `force`. It cannot be taken back.',
    tags: [plural],
    params: IdParams,
    ...(countCompleted === undefined ? {} : { querystring: ForceQuery }),
    response: { 204: Type.Null({ description: 'Deleted' }) },
  }
  routes(app).delete<ItemRequest & { Querystring: { force?: boolean } }>(
    `/${path}/:id`,
    { schema, config: { group: 'taskCreate' } },
    async (request, reply) => {
      const at = now()
      await write(signed(db, request), async (trx) => {
        const row = await getMatchingRow(resource, trx, request, at)
        const completed = (await countCompleted?.(trx, row)) ?? 0
        requireNoCompletedWork({ noun, id: row.id }, completed, request.query.force === true)
        await resource.remove(trx, row, at)
      })
      return reply.code(204).send(null)
    },
  )
}

/** Fastify without the type provider: here schemas are values, and their types are not known. */
const routes = (app: App) => app.withTypeProvider<FastifyTypeProviderDefault>()

type Findable<S, R, I extends TObject> = {
  noun: string
  item: I
  find(db: Kysely<S>, id: string, now: number): Promise<R | undefined>
}

/** @throws Problem `not-found` */
export async function getRow<S, R, I extends TObject>(
  resource: Findable<S, R, I>,
  // Inferred from the resource alone: from a transaction, the compiler makes something else of it.
  db: Kysely<NoInfer<S>>,
  id: string,
  now: number,
): Promise<R> {
  const row = await resource.find(db, id, now)
  if (row === undefined) throw notFound(resource.noun, id)
  return row
}

/**
 * The row that a conditional request is about, as the transaction sees it.
 *
 * @throws Problem `not-found`, `stale-etag`
 */
export async function getMatchingRow<S, R extends object, I extends TObject>(
  resource: Findable<S, R, I>,
  trx: Transaction<S>,
  request: { params: { id: string }; headers: FastifyRequest['headers'] },
  now: number,
): Promise<R> {
  const row = await getRow(resource, trx, request.params.id, now)
  requireMatch(request.headers['if-match'], toWire(resource.item, row), resource.noun)
  return row
}

const pathOf = (request: { url: string }) => request.url.split('?')[0]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which group of a cutover the route belongs to; none: it is not moved. */
    group?: ApiGroup
  }
}
