import { write } from '../../db/database.js'
import { deleteRoute, getRow, patchRoute, readRoutes, type Context } from '../../http/resource.js'
import { ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import { getReferred } from '../references.js'
import { suppliers } from '../suppliers/suppliers.routes.js'
import type { V2Tables } from '../tables.js'
import { assignSupplier } from './assign-supplier.js'
import {
  deleteAssignment,
  findAssignment,
  listAssignments,
  updateAssignment,
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
  update: updateAssignment,
  remove: deleteAssignment,
}

const answers = { 200: Assigned, 201: Assigned, ...ProblemAnswers }

const createSchema = {
  operationId: 'createSupplierProjectInstance',
  summary: 'Assign a supplier to a project',
  tags: [assignments.plural],
  body: CreateAssignment,
  response: answers,
}

const assignSchema = {
  operationId: 'assignSupplier',
  summary: 'Assign a supplier to a project; again, to create the instances that are missing',
  tags: [assignments.plural],
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

  app.post(`/${assignments.path}`, { schema: createSchema, config }, async ({ body }, reply) => {
    const assigned = await write(db, async (trx) => {
      await getReferred(trx, 'suppliers', body.supplierId, '/supplierId')
      await getReferred(trx, 'projects', body.projectId, '/projectId')
      return assignSupplier(trx, body.supplierId, body.projectId, now())
    })
    return reply.code(assigned.isNew ? 201 : 200).send(answerOf(assigned))
  })

  const path = '/suppliers/:supplierId/projects/:projectId/assign'
  app.post(path, { schema: assignSchema, config }, async ({ params }, reply) => {
    const at = now()
    const assigned = await write(db, async (trx) => {
      await getRow(suppliers, trx, params.supplierId, at)
      await getRow(projects, trx, params.projectId, at)
      return assignSupplier(trx, params.supplierId, params.projectId, at)
    })
    return reply.code(assigned.isNew ? 201 : 200).send(answerOf(assigned))
  })
}

const answerOf = ({ assignment, created, skipped }: Awaited<ReturnType<typeof assignSupplier>>) => ({
  assignment: toWire(Assignment, assignment),
  created,
  skipped,
})
