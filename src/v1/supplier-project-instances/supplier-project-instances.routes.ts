import { write } from '../../db/database.js'
import { etagOf } from '../../http/etag.js'
import { deleteRoute, getRow, patchRoute, readRoutes, type Context } from '../../http/resource.js'
import { ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import type { V1Tables } from '../tables.js'
import { assign } from './assign.js'
import {
  deleteSupplierProjectInstance,
  findSupplierProjectInstance,
  listSupplierProjectInstances,
  updateSupplierProjectInstance,
} from './supplier-project-instances.repository.js'
import {
  Assignment,
  CreateSupplierProjectInstance,
  PatchSupplierProjectInstance,
  SupplierProjectInstance,
  SupplierProjectInstanceFilters,
} from './supplier-project-instances.schemas.js'

export function supplierProjectInstanceRoutes(app: App, context: Context<V1Tables>): void {
  readRoutes(app, context, supplierProjectInstances)
  assignRoute(app, context)
  patchRoute(app, context, supplierProjectInstances)
  deleteRoute(app, context, supplierProjectInstances)
}

const supplierProjectInstances = {
  path: 'supplier-project-instances',
  name: 'SupplierProjectInstance',
  plural: 'SupplierProjectInstances',
  noun: 'supplier project instance',
  item: SupplierProjectInstance,
  patch: PatchSupplierProjectInstance,
  filters: SupplierProjectInstanceFilters,
  list: listSupplierProjectInstances,
  find: findSupplierProjectInstance,
  update: updateSupplierProjectInstance,
  remove: deleteSupplierProjectInstance,
}

function assignRoute(app: App, { db, now }: Context<V1Tables>): void {
  const config = { group: 'taskCreate' } as const
  app.post('/supplier-project-instances', { schema: assignment, config }, async (request, reply) => {
    const at = now()
    const { row, isNew, instances } = await write(db, async (trx) => {
      const assigned = await assign(trx, request.body, at)
      return { ...assigned, row: await getRow(supplierProjectInstances, trx, assigned.id, at) }
    })
    const item = toWire(SupplierProjectInstance, row)
    void reply
      .code(isNew ? 201 : 200)
      .header('etag', etagOf(item))
      .header('location', `${request.url.split('?')[0]}/${row.id}`)
    return { ...item, ...instances }
  })
}

const assignment = {
  operationId: 'createSupplierProjectInstance',
  summary: 'Assign a supplier to a project; again, it only adds the instances that are missing',
  tags: ['SupplierProjectInstances'],
  body: CreateSupplierProjectInstance,
  response: { 200: Assignment, 201: Assignment, ...ProblemAnswers },
}
