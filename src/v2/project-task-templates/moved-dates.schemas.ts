import { Type } from '@sinclair/typebox'
import { Id, Instant, Nullable, StringEnum } from '../../http/schemas.js'
import { toWire } from '../../http/wire.js'
import type { CarriedMove } from './carry-out.js'
import { sumOf } from './move-due-date.js'
import { stayingReasons } from './planned-moves.js'

export const PropagationCounts = Type.Object(
  {
    updated: Type.Integer(),
    keptOverride: Type.Integer({ description: 'have an actualDueDate' }),
    keptCompleted: Type.Integer({ description: 'completed, without an actualDueDate' }),
  },
  { description: 'of the instances, how many took the due date over, and how many kept theirs' },
)

const MovedTemplate = Type.Object({
  id: Id(),
  projectId: Id(),
  taskId: Id(),
  from: Instant(),
  to: Instant({ description: 'the same as `from` where it stays' }),
  stays: Nullable(StringEnum(stayingReasons, { description: 'why it does not move; null: it does' })),
  propagation: PropagationCounts,
})

/** What a request moved, or in a dry run would move. */
export const MovedDates = {
  propagation: Type.Composite([PropagationCounts], { description: 'summed over the templates' }),
  templates: Type.Array(MovedTemplate, { description: 'each one that was looked at, ordered by id' }),
  dryRun: Type.Boolean({ description: 'true: nothing was written' }),
}

export const DryRun = Type.Optional(
  Type.Boolean({ description: 'say what would move and what would stay, and change nothing' }),
)

export const movedDates = (moves: readonly CarriedMove[], dryRun: boolean) => ({
  propagation: sumOf(moves.map(({ propagation }) => propagation)),
  templates: moves.map((move) => toWire(MovedTemplate, move)),
  dryRun,
})
