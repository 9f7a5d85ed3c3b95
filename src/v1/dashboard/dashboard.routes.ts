import { Type } from '@sinclair/typebox'
import { joinedReads } from '../../db/joined-reads.js'
import type { Context } from '../../http/resource.js'
import { MADE, ids } from '../../http/examples.js'
import { Instant, Named } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { formatInstant, parseInstant } from '../../kernel/instant.js'
import type { V1Tables } from '../tables.js'
import { v1Dashboard } from './v1-dashboard.js'
import { FileId } from '../file-values.js'

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
    asOf: Type.String({ format: 'date-time' }),
    totals: Type.Object({ suppliers: Type.Integer(), projects: Type.Integer(), ...Counts }),
    bySupplier: Type.Array(Type.Object({ supplierId: FileId(), name, ...Counts })),
    byProject: Type.Array(Type.Object({ projectId: FileId(), name, ...Counts })),
    byMilestone: Type.Array(
      Type.Object({ milestoneId: FileId(), code: Type.String(), name, taskTypeId: FileId(), ...Counts }),
    ),
  }),
  {
    asOf: MADE,
    totals: { suppliers: 1, projects: 1, ...countsExample },
    bySupplier: [{ supplierId: ids.supplier, name: 'Acme Castings', ...countsExample }],
    byProject: [{ projectId: ids.project, name: 'Falcon', ...countsExample }],
    byMilestone: [
      {
        milestoneId: ids.section,
        code: 'PA2',
        name: 'First Article',
        taskTypeId: ids.taskType,
        ...countsExample,
      },
    ],
  },
)

const dashboard = {
  operationId: 'getDashboard',
  summary: 'Count applied instances, in all and per supplier, project and milestone',
  description:
    'Instances that are not applied do not count. Due dates are those agreed with the supplier, where there are any.',
  tags: ['Dashboard'],
  querystring: Type.Object(
    { asOf: Type.Optional(Instant({ description: 'what is overdue then; now, when left out' })) },
    { additionalProperties: false },
  ),
  response: { 200: Dashboard },
}

export function dashboardRoute(app: App, { db, now }: Context<V1Tables>): void {
  const dashboardOf = joinedReads(db, (trx, asOf?: number) => v1Dashboard(trx, asOf ?? now()))
  app.get('/dashboard', { schema: dashboard, config: { group: 'dashboard' } }, async ({ query }) => {
    const counted = await dashboardOf(parseInstant(query.asOf ?? ''))
    return { ...counted, asOf: formatInstant(counted.asOf) }
  })
}
