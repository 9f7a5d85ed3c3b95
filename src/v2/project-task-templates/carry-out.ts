import type { Transaction } from 'kysely'
import type { Propagation } from '../../kernel/due-date.js'
import type { V2Tables } from '../tables.js'
import { countPropagations, moveDueDates, noPropagation } from './move-due-date.js'
import type { Move } from './planned-moves.js'
import { updateOffsets } from './scheduled-templates.repository.js'

export interface CarriedMove extends Move {
  propagation: Propagation
}

/** Carries a plan out; in a dry run it only counts what that would do. */
export async function carryOut(
  trx: Transaction<V2Tables>,
  moves: readonly Move[],
  { dryRun, now }: { dryRun: boolean; now: number },
): Promise<CarriedMove[]> {
  const moving = moves.filter(({ stays }) => stays === null)
  if (!dryRun) await updateOffsets(trx, moving, now)
  const propagations = dryRun
    ? await countPropagations(
        trx,
        moving.map(({ id }) => id),
      )
    : await moveDueDates(trx, moving, now)
  return moves.map((move) => ({ ...move, propagation: propagations.get(move.id) ?? noPropagation }))
}
