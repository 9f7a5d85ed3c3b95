import { write } from '../../db/database.js'
import { defineResource, resourceRoutes, type Context } from '../../http/resource.js'
import { ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import type { V2Tables } from '../tables.js'
import { changeInstance, changeInstances, createInstance } from './change-instance.js'
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
  list: listInstances,
  find: findInstance,
  insert: createInstance,
  update: changeInstance,
  remove: deleteInstance,
})

const bulkSchema = {
  operationId: 'bulkUpdateSupplierTaskInstances',
  summary: 'Make one change to many supplier task instances, all or none',
  tags: [instances.plural],
  body: BulkUpdate,
  response: { 200: BulkUpdated, ...ProblemAnswers },
}

export function instanceRoutes(app: App, context: Context<V2Tables>): void {
  resourceRoutes(app, context, instances)
  const { db, now } = context
  const options = { schema: bulkSchema, config: { group: 'taskWrite' } } as const
  app.post(`/${instances.path}/bulk-update`, options, async ({ body }) => {
    const change = fromWire(PatchInstance, body.changes)
    const rows = await write(db, (trx) => changeInstances(trx, body.ids, change, now()))
    return { updated: rows.length, items: rows.map((row) => toWire(Instance, row)) }
  })
}
