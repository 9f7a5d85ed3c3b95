import { Type } from '@sinclair/typebox'
import { readInThread } from '../../db/database.js'
import type { Context } from '../../http/resource.js'
import { Id, Instant, ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { formatInstant, parseInstant } from '../../kernel/instant.js'
import type { V1Tables } from '../tables.js'
import { v1Dashboard } from './v1-dashboard.js'

const Counts = {
  instances: Type.Integer(),
  byStatus: Type.Object({
    not_started: Type.Integer(),
    in_progress: Type.Integer(),
    completed: Type.Integer(),
    blocked: Type.Integer(),
    cancelled: Type.Integer(),
  }),
  overdue: Type.Integer(),
  dueNext7Days: Type.Integer(),
  blocked: Type.Integer(),
  completionRatio: Type.Number({ description: 'completed / instances; 0 where there are none' }),
}

const name = Type.String()

const Dashboard = Type.Object({
  asOf: Type.String({ format: 'date-time' }),
  totals: Type.Object({ suppliers: Type.Integer(), projects: Type.Integer(), ...Counts }),
  bySupplier: Type.Array(Type.Object({ supplierId: Id(), name, ...Counts })),
  byProject: Type.Array(Type.Object({ projectId: Id(), name, ...Counts })),
  byMilestone: Type.Array(
    Type.Object({ milestoneId: Id(), code: Type.String(), name, taskTypeId: Id(), ...Counts }),
  ),
})

const dashboard = {
  operationId: 'getDashboard',
  summary: 'Count applied instances, in all and per supplier, project and milestone',
  tags: ['Dashboard'],
  querystring: Type.Object(
    { asOf: Type.Optional(Instant({ description: 'what is overdue then; now, when left out' })) },
    { additionalProperties: false },
  ),
  response: { 200: Dashboard, ...ProblemAnswers },
}

export function dashboardRoute(app: App, { db, now }: Context<V1Tables>): void {
  app.get('/dashboard', { schema: dashboard, config: { group: 'dashboard' } }, async ({ query }) => {
    const asOf = parseInstant(query.asOf ?? '') ?? now()
    const counted = await readInThread(db, (trx) => v1Dashboard(trx, asOf))
    return { ...counted, asOf: formatInstant(asOf) }
  })
}
