import { signed } from '../../http/auth.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { defineResource, resourceRoutes, type Context } from '../../http/resource.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import type { V2Tables } from '../tables.js'
import { changeInstance, changeInstances, createInstance } from './change-instance.js'
import { instanceSorts } from './instance-order.js'
import { deleteInstance, findInstance, listInstances } from './supplier-task-instances.repository.js'
import {
  BulkUpdate,
  BulkUpdated,
  CreateInstance,
  Instance,
  InstanceFilters,
  PatchInstance,
} from './supplier-task-instances.schemas.js'

export const instances = defineResource<V2Tables>()({
  path: 'supplier-task-instances',
  name: 'SupplierTaskInstance',
  plural: 'SupplierTaskInstances',
  noun: 'supplier task instance',
  item: Instance,
  create: CreateInstance,
  patch: PatchInstance,
  filters: InstanceFilters,
  sorts: instanceSorts,
  list: listInstances,
  find: findInstance,
  insert: createInstance,
  update: changeInstance,
  remove: deleteInstance,
})

const bulkSchema = {
  operationId: 'bulkUpdateSupplierTaskInstances',
  summary: 'Make one change to many supplier task instances, all or none',
  description: 'Where one of them cannot be changed none is, and the refusal names each that is in the way.',
  tags: [instances.plural],
  headers: OnceHeaders,
  body: BulkUpdate,
  response: { 200: BulkUpdated },
}

export function instanceRoutes(app: App, context: Context<V2Tables>): void {
  resourceRoutes(app, context, instances)
  const { db, now } = context
  const options = { schema: bulkSchema, config: { group: 'taskWrite' } } as const
  app.post(`/${instances.path}/bulk-update`, options, (request, reply) => {
    const { body } = request
    const change = fromWire(PatchInstance, body.changes)
    return answerOnce(signed(db, request), reply, async (trx) => {
      const rows = await changeInstances(trx, body.ids, change, now())
      return { status: 200, body: { updated: rows.length, items: rows.map((row) => toWire(Instance, row)) } }
    })
  })
}
