import { Type } from '@sinclair/typebox'
import { joinedReads } from '../../db/joined-reads.js'
import type { Context } from '../../http/resource.js'
import { MADE, ids } from '../../http/examples.js'
import { Id, Instant, Named } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import type { V2Tables } from '../tables.js'
import { v2Dashboard } from './dashboard.js'

const Count = Type.Integer({ minimum: 0 })

const counts = {
  instances: Count,
  byStatus: Type.Object({
    not_started: Count,
    in_progress: Count,
    completed: Count,
    blocked: Count,
    cancelled: Count,
  }),
  overdue: Count,
  dueNext7Days: Count,
  blocked: Count,
  completionRatio: Type.Number({ minimum: 0, maximum: 1 }),
}

const countsExample = {
  instances: 4,
  byStatus: { not_started: 1, in_progress: 1, completed: 1, blocked: 1, cancelled: 0 },
  overdue: 1,
  dueNext7Days: 1,
  blocked: 1,
  completionRatio: 0.25,
}

const Dashboard = Named(
  'Dashboard',
  Type.Object({
    asOf: Instant(),
    totals: Type.Object({ suppliers: Count, projects: Count, ...counts }),
    bySupplier: Type.Array(Type.Object({ supplierId: Id(), name: Type.String(), ...counts })),
    byProject: Type.Array(Type.Object({ projectId: Id(), name: Type.String(), ...counts })),
    bySection: Type.Array(Type.Object({ sectionId: Id(), name: Type.String(), taskTypeId: Id(), ...counts })),
  }),
  {
    asOf: MADE,
    totals: { suppliers: 1, projects: 1, ...countsExample },
    bySupplier: [{ supplierId: ids.supplier, name: 'Acme Castings', ...countsExample }],
    byProject: [{ projectId: ids.project, name: 'Falcon', ...countsExample }],
    bySection: [
      { sectionId: ids.section, name: 'First Article', taskTypeId: ids.taskType, ...countsExample },
    ],
  },
)

const query = Type.Object(
  { asOf: Type.Optional(Instant({ description: 'default: now' })) },
  { additionalProperties: false },
)

const schema = {
  operationId: 'getDashboard',
  summary: 'Count the applied supplier task instances: in total, by supplier, by project and by section',
  description:
    'Instances that are not applied do not count. Due dates are those agreed with the supplier, where there are any.',
  tags: ['Dashboard'],
  querystring: query,
  response: { 200: Dashboard },
}

export function dashboardRoute(app: App, { db, now }: Context<V2Tables>): void {
  const dashboardOf = joinedReads(db, (trx, asOf?: number) => v2Dashboard(trx, asOf ?? now()))
  app.get('/dashboard', { schema, config: { group: 'dashboard' } }, async (request) => {
    const { asOf } = fromWire(query, request.query)
    return toWire(Dashboard, await dashboardOf(asOf))
  })
}
