import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../kernel/instant.js'
import { invalidInput } from '../../kernel/problem.js'

/** A template's move from one due date to another, in epoch milliseconds. */
export interface Move {
  id: string
  from: number
  to: number
}

/**
 * Every template moved by the same delta.
 *
 * @param path of the input that asked for it
 * @throws Problem `invalid-input` where a template would leave the years that a due date can be in
 */
export function planMoves(
  templates: readonly { id: string; dueDate: number }[],
  deltaMs: number,
  path: string,
): Move[] {
  const moves = templates.map(({ id, dueDate }) => ({ id, from: dueDate, to: dueDate + deltaMs }))
  const outside = moves.find(({ to }) => !isDueDate(to))
  if (outside !== undefined)
    throw invalidInput([
      { path, message: `moves the template "${outside.id}" out of the years 1990 to 2100` },
    ])
  return moves
}

export const isDueDate = (ms: number): boolean => ms >= EARLIEST_INSTANT && ms <= LATEST_INSTANT
