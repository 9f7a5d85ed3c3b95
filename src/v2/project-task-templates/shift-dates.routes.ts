import { readSnapshot, write } from '../../db/database.js'
import { getRow, type Context } from '../../http/resource.js'
import { IdParams, ProblemAnswers } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import { projects } from '../projects/projects.routes.js'
import type { V2Tables } from '../tables.js'
import { countPropagation, moveDueDate } from './move-due-date.js'
import { shiftDates } from './shift-dates.js'
import { ShiftDates, ShiftedDates, ShiftedTemplate } from './shift-dates.schemas.js'

const schema = {
  operationId: 'shiftDates',
  summary: 'Move the due dates of a project, or of all that use a task type, by some days',
  tags: ['Projects'],
  params: IdParams,
  body: ShiftDates,
  response: { 200: ShiftedDates, ...ProblemAnswers },
}

export function shiftDatesRoute(app: App, { db, now }: Context<V2Tables>): void {
  const options = { schema, config: { group: 'taskWrite' } } as const
  app.post('/projects/:id/shift-dates', options, async ({ params, body }) => {
    const at = now()
    const { dryRun = false, ...shift } = body
    const run = dryRun ? readSnapshot : write
    const templates = await run(db, async (trx) => {
      const { id } = await getRow(projects, trx, params.id, at)
      return shiftDates(trx, id, shift, (move) =>
        dryRun ? countPropagation(trx, move.id) : moveDueDate(trx, move.id, move.to, at),
      )
    })
    return { templates: templates.map((one) => toWire(ShiftedTemplate, one)), dryRun }
  })
}
