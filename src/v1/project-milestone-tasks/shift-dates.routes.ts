import type { Transaction } from 'kysely'
import { readSnapshot, underSchema } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { sumOf } from '../../v2/project-task-templates/move-due-date.js'
import { projects } from '../../v2/projects/projects.routes.js'
import type { V2Tables } from '../../v2/tables.js'
import type { V1Tables } from '../tables.js'
import { shiftDates } from './shift-dates.js'
import { ShiftDates, ShiftedDates, ShiftedTask } from './shift-dates.schemas.js'

const schema = {
  operationId: 'shiftDates',
  summary: 'Move the due dates of a project, or of all that use a task type, by some days',
  description:
    'All of them move, or none. With `dryRun` nothing is written, and the answer is what would be.',
  tags: ['Projects'],
  headers: OnceHeaders,
  params: IdParams,
  body: ShiftDates,
  response: { 200: ShiftedDates },
}

export function shiftDatesRoute(app: App, { db, now }: Context<V1Tables>): void {
  const options = { schema, config: { group: 'taskWrite' } } as const
  app.post('/projects/:id/shift-dates', options, (request, reply) => {
    const { params, body } = request
    const at = now()
    const { dryRun = false, ...shift } = body
    const act = async (trx: Transaction<V1Tables>) => {
      const { id } = await getRow(projects, underSchema<V2Tables, V1Tables>(trx), params.id, at)
      const shifted = await shiftDates(trx, id, shift, { dryRun, now: at })
      return {
        propagation: sumOf(shifted.map(({ propagation }) => propagation)),
        projectMilestoneTasks: shifted.map((one) => toWire(ShiftedTask, one)),
        dryRun,
      }
    }
    if (dryRun) return readSnapshot(db, act)
    return answerOnce(signed(db, request), reply, async (trx) => ({ status: 200, body: await act(trx) }))
  })
}
