import type { Transaction } from 'kysely'
import { readSnapshot } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import { carryOut } from './carry-out.js'
import { MovedDates, movedDates } from './moved-dates.schemas.js'
import { planShift } from './shift-dates.js'
import { ShiftDates } from './shift-dates.schemas.js'

const schema = {
  operationId: 'shiftDates',
  summary: 'Move the due dates of a project, or of all that use a task type, by some days',
  description:
    'All of them move, or none. With `dryRun` nothing is written, and the answer is what would be.',
  tags: ['Projects'],
  headers: OnceHeaders,
  params: IdParams,
  body: ShiftDates,
  response: { 200: MovedDates },
}

export function shiftDatesRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema, config: { group: 'taskWrite' } } as const
  app.post('/projects/:id/shift-dates', options, (request, reply) => {
    const at = now()
    const { dryRun = false, ...shift } = request.body
    const act = async (trx: Transaction<V2Tables>) => {
      const { id } = await getRow(projects, trx, request.params.id, at)
      const moves = await carryOut(trx, await planShift(trx, id, shift), { dryRun, now: at })
      return movedDates(moves, dryRun)
    }
    if (dryRun) return readSnapshot(db, act)
    return answerOnce(signed(db, request), reply, async (trx) => ({ status: 200, body: await act(trx) }))
  })
}
