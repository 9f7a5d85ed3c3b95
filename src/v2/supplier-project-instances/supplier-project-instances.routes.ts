import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { deleteRoute, getRow, patchRoute, readRoutes, type Context } from '../../http/resource.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import { getReferred } from '../references.js'
import { suppliers } from '../suppliers/suppliers.routes.js'
import type { V2Tables } from '../tables.js'
import { assignSupplier, changeAssignment } from './assign-supplier.js'
import {
  countCompletedOf,
  deleteAssignment,
  findAssignment,
  listAssignments,
} from './supplier-project-instances.repository.js'
import {
  Assigned,
  Assignment,
  AssignmentFilters,
  AssignParams,
  CreateAssignment,
  PatchAssignment,
} from './supplier-project-instances.schemas.js'

export const assignments = {
  path: 'supplier-project-instances',
  name: 'SupplierProjectInstance',
  plural: 'SupplierProjectInstances',
  noun: 'supplier project instance',
  item: Assignment,
  patch: PatchAssignment,
  filters: AssignmentFilters,
  list: listAssignments,
  find: findAssignment,
  update: changeAssignment,
  remove: deleteAssignment,
  countCompleted: countCompletedOf,
}

const answers = { 200: Assigned, 201: Assigned }

const createSchema = {
  operationId: 'createSupplierProjectInstance',
  summary: 'Assign a supplier to a project',
  description:
    'The supplier gets an instance of each active template of the project: 201 where the assignment is new, else 200.',
  tags: [assignments.plural],
  headers: OnceHeaders,
  body: CreateAssignment,
  response: answers,
}

const assignSchema = {
  operationId: 'assignSupplier',
  summary: 'Assign a supplier to a project; again, to create the instances that are missing',
  description:
    'The supplier gets an instance of each active template of the project: 201 where the assignment is new, else 200.',
  tags: [assignments.plural],
  headers: OnceHeaders,
  params: AssignParams,
  response: answers,
}

export function assignmentRoutes(app: App, context: Context<V2Tables>): void {
  readRoutes(app, context, assignments)
  patchRoute(app, context, assignments)
  deleteRoute(app, context, assignments)
  assignRoutes(app, context)
}

function assignRoutes(app: App, { db, now }: Context<V2Tables>): void {
  const config = { group: 'taskCreate' } as const

  app.post(`/${assignments.path}`, { schema: createSchema, config }, (request, reply) => {
    const { supplierId, projectId } = request.body
    const at = now()
    return answerOnce(signed(db, request), reply, async (trx) => {
      await getReferred(trx, 'suppliers', supplierId, '/supplierId')
      await getReferred(trx, 'projects', projectId, '/projectId')
      return answerOf(app.prefix, await assignSupplier(trx, supplierId, projectId, at))
    })
  })

  const path = '/suppliers/:supplierId/projects/:projectId/assign'
  app.post(path, { schema: assignSchema, config }, (request, reply) => {
    const { supplierId, projectId } = request.params
    const at = now()
    return answerOnce(signed(db, request), reply, async (trx) => {
      await getRow(suppliers, trx, supplierId, at)
      await getRow(projects, trx, projectId, at)
      return answerOf(app.prefix, await assignSupplier(trx, supplierId, projectId, at))
    })
  })
}

function answerOf(
  prefix: string,
  { assignment: row, isNew, ...counts }: Awaited<ReturnType<typeof assignSupplier>>,
) {
  const assignment = toWire(Assignment, row)
  const headers = { etag: etagOf(assignment), location: `${prefix}/${assignments.path}/${row.id}` }
  return { status: isNew ? 201 : 200, headers, body: { assignment, ...counts } }
}
