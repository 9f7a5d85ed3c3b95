import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { deleteRoute, getRow, patchRoute, readRoutes, type Context } from '../../http/resource.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import type { V1Tables } from '../tables.js'
import { assign, changeSupplierProjectInstance } from './assign.js'
import {
  countCompletedOf,
  deleteSupplierProjectInstance,
  findSupplierProjectInstance,
  listSupplierProjectInstances,
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
  update: changeSupplierProjectInstance,
  remove: deleteSupplierProjectInstance,
  countCompleted: countCompletedOf,
}

function assignRoute(app: App, { db, now }: Context<V1Tables>): void {
  const config = { group: 'taskCreate' } as const
  app.post('/supplier-project-instances', { schema: assignment, config }, (request, reply) => {
    const at = now()
    return answerOnce(signed(db, request), reply, async (trx) => {
      const { id, isNew, instances } = await assign(trx, request.body, at)
      const item = toWire(SupplierProjectInstance, await getRow(supplierProjectInstances, trx, id, at))
      const headers = { etag: etagOf(item), location: `${request.url.split('?')[0]}/${id}` }
      return { status: isNew ? 201 : 200, headers, body: { ...item, ...instances } }
    })
  })
}

const assignment = {
  operationId: 'createSupplierProjectInstance',
  summary: 'Assign a supplier to a project; again, it only adds the instances that are missing',
  description:
    'The supplier gets an instance of each active task of the project: 201 where the assignment is new, else 200.',
  tags: ['SupplierProjectInstances'],
  headers: OnceHeaders,
  body: CreateSupplierProjectInstance,
  response: { 200: Assignment, 201: Assignment },
  'x-etag': true,
}
