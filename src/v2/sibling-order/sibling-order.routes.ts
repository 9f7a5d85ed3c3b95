import { Type } from '@sinclair/typebox'
import { readSnapshot, write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { etagOf, requireMatch } from '../../http/etag.js'
import type { Context } from '../../http/resource.js'
import { ids } from '../../http/examples.js'
import { Body, Id, Named } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import type { V2Tables } from '../tables.js'
import { orderedLists, type OrderedList } from './ordered-lists.js'
import { putInOrder } from './put-in-order.js'
import { listSiblings } from './sibling-order.repository.js'

const MAX_SIBLINGS = 5000

const Order = Named(
  'SiblingOrder',
  Body({
    ids: Type.Array(Id(), { maxItems: MAX_SIBLINGS, description: 'each of them once, the first first' }),
  }),
  { ids: [ids.task, ids.subTask] },
)

/** The order of what stands side by side, as a list of ids: GET it, PUT the whole of it. */
export function siblingOrderRoutes(app: App, context: Context<V2Tables>): void {
  for (const list of orderedLists) {
    getOrderRoute(app, context, list)
    putOrderRoute(app, context, list)
  }
}

function getOrderRoute(app: App, { db, now }: Context<V2Tables>, list: OrderedList): void {
  const schema = {
    operationId: `get${list.name}`,
    summary: `Get the order of the ${list.nouns}`,
    description: 'Their ids; the ETag is what If-Match of a new order names.',
    tags: [list.tag],
    params: list.params,
    response: { 200: Order },
    'x-etag': true,
  }
  app.get(list.path, { schema, config: { group: 'taskRead' } }, async ({ params }, reply) => {
    const order = await readSnapshot(db, async (trx) =>
      orderOf(await listSiblings(trx, await list.find(trx, params, now()))),
    )
    return reply.header('etag', etagOf(order)).send(order)
  })
}

function putOrderRoute(app: App, { db, now }: Context<V2Tables>, list: OrderedList): void {
  const schema = {
    operationId: `put${list.name}`,
    summary: `Put the ${list.nouns} in order`,
    description: 'The whole list, each of them once.',
    tags: [list.tag],
    params: list.params,
    body: Order,
    response: { 200: Order },
    'x-etag': true,
  }
  const options = { schema, config: { group: 'taskWrite' } } as const
  app.put(list.path, options, async (request, reply) => {
    const { params, body, headers } = request
    const at = now()
    await write(signed(db, request), async (trx) => {
      const siblings = await list.find(trx, params, at)
      const present = await listSiblings(trx, siblings)
      requireMatch(headers['if-match'], orderOf(present), 'order')
      await putInOrder(trx, { table: siblings.table, noun: list.noun, present }, body.ids, at)
    })
    return reply.header('etag', etagOf(body)).send(body)
  })
}

const orderOf = (siblings: readonly { id: string }[]) => ({ ids: siblings.map(({ id }) => id) })
