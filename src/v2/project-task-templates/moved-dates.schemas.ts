import { Type, type Static } from '@sinclair/typebox'
import { exampleOf, Id, Instant, Named, Nullable, StringEnum } from '../../http/schemas.js'
import { toWire } from '../../http/wire.js'
import type { CarriedMove } from './carry-out.js'
import { sumOf } from './move-due-date.js'
import { stayingReasons } from './planned-moves.js'
import { DUE, ids } from '../../http/examples.js'

export const PropagationCounts = Named(
  'PropagationCounts',
  Type.Object(
    {
      updated: Type.Integer(),
      keptOverride: Type.Integer({ description: 'have an actualDueDate' }),
      keptCompleted: Type.Integer({ description: 'completed, without an actualDueDate' }),
    },
    { description: 'of the instances, how many took the due date over, and how many kept theirs' },
  ),
  { updated: 10, keptOverride: 1, keptCompleted: 1 },
)

const MovedTemplate = Named(
  'MovedProjectTaskTemplate',
  Type.Object({
    id: Id(),
    projectId: Id(),
    taskId: Id(),
    from: Instant(),
    to: Instant({ description: 'the same as `from` where it stays' }),
    stays: Nullable(StringEnum(stayingReasons, { description: 'why it does not move; null: it does' })),
    propagation: PropagationCounts,
  }),
  {
    id: ids.template,
    projectId: ids.project,
    taskId: ids.task,
    from: DUE,
    to: '2026-03-09T00:00:00.000Z',
    stays: null,
    propagation: exampleOf(PropagationCounts),
  },
)

/** What a request moved, or in a dry run would move. */
export const movedDatesFields = {
  propagation: Type.Unsafe<Static<typeof PropagationCounts>>({
    ...PropagationCounts,
    description: 'summed over the templates',
  }),
  templates: Type.Array(MovedTemplate, { description: 'each one that was looked at, ordered by id' }),
  dryRun: Type.Boolean({ description: 'true: nothing was written' }),
}

export const movedDatesExample = {
  propagation: exampleOf(PropagationCounts),
  templates: [exampleOf(MovedTemplate)],
  dryRun: false,
}

export const MovedDates = Named('MovedDates', Type.Object(movedDatesFields), movedDatesExample)

export const DryRun = Type.Optional(
  Type.Boolean({ description: 'say what would move and what would stay, and change nothing' }),
)

export const movedDates = (moves: readonly CarriedMove[], dryRun: boolean) => ({
  propagation: sumOf(moves.map(({ propagation }) => propagation)),
  templates: moves.map((move) => toWire(MovedTemplate, move)),
  dryRun,
})
