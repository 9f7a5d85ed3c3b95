import type { Transaction } from 'kysely'
import { invalidInput } from '../../kernel/problem.js'
import { namingErrors } from '../named-ids.js'
import type { V2Tables } from '../tables.js'
import { updateSequence, type Ordered, type Sibling } from './sibling-order.repository.js'

/**
 * Numbers the siblings from 1 in the order of the ids. `updatedAt` changes only where the number does.
 *
 * @param ids every sibling's, once
 * @throws Problem `invalid-input` with each id that is foreign or repeated, and each sibling that is missing
 */
export async function putInOrder(
  trx: Transaction<V2Tables>,
  { table, noun, present }: { table: Ordered; noun: string; present: readonly Sibling[] },
  ids: readonly string[],
  now: number,
): Promise<void> {
  requireWhole(noun, present, ids)
  const sequences = new Map(ids.map((id, index) => [id, index + 1]))
  for (const { id, sequence: before } of present) {
    const sequence = sequences.get(id) ?? before
    if (sequence !== before) await updateSequence(trx, table, { id, sequence }, now)
  }
}

function requireWhole(noun: string, present: readonly Sibling[], ids: readonly string[]): void {
  const known = new Set(present.map(({ id }) => id))
  const named = new Set(ids)
  const errors = [
    ...namingErrors(
      ids,
      (index) => `/ids/${index}`,
      (id) => known.has(id),
      `must be the id of a ${noun}`,
    ),
    ...present
      .filter(({ id }) => !named.has(id))
      .map(({ id, name }) => ({ path: '/ids', message: `lacks the ${noun} "${id}" (${name})` })),
  ]
  if (errors.length > 0) throw invalidInput(errors)
}
