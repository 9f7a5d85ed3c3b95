import type { Random } from './random.js'
import type { Change, Insert, RowWriter } from './row-writer.js'

/** What every step of the generation works with. */
export interface Maker {
  random: Random
  /** @param at the row's instant of creation, epoch milliseconds, which the id begins with */
  newId: (at: number) => string
  insert: Insert
  change: Change
  nameOf: RowWriter['nameOf']
}
