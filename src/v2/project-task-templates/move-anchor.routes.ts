import type { Transaction } from 'kysely'
import { readSnapshot } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { answerOnce, OnceHeaders } from '../../http/idempotency.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import { carryOut } from './carry-out.js'
import { planAnchorMove } from './move-anchor.js'
import { MoveAnchor } from './move-anchor.schemas.js'
import { MovedDates, movedDates } from './moved-dates.schemas.js'

const schema = {
  operationId: 'moveAnchor',
  summary: 'Move the date of an anchor of a project, and every due date that is counted from it',
  description:
    'Instances that are completed, or have an agreed date of their own, keep their due date. With `dryRun` nothing is written.',
  tags: ['Projects'],
  headers: OnceHeaders,
  params: IdParams,
  body: MoveAnchor,
  response: { 200: MovedDates },
}

export function moveAnchorRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema, config: { group: 'taskWrite' } } as const
  app.post('/projects/:id/move-anchor', options, (request, reply) => {
    const { params, body } = request
    const at = now()
    const { dryRun = false, ...asked } = body
    const move = fromWire(MoveAnchor, asked)
    const act = async (trx: Transaction<V2Tables>) => {
      const { id } = await getRow(projects, trx, params.id, at)
      const moves = await carryOut(trx, await planAnchorMove(trx, id, move), { dryRun, now: at })
      return movedDates(moves, dryRun)
    }
    if (dryRun) return readSnapshot(db, act)
    return answerOnce(signed(db, request), reply, async (trx) => ({ status: 200, body: await act(trx) }))
  })
}
