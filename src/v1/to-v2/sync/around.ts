import type { Event } from './up-triggers.js'

/** What the writes to a v2 table need beside the mirrored row itself: statements for its triggers. */
export interface Around {
  /** Before v1's row is written: what would otherwise be lost with it, or has to be there. */
  before?: (event: Event) => string[]
  /** After it: rows of v2 that follow from v1's. */
  after: (event: Event) => string[]
  /** Once v1 has all this: writes of their own, which are mirrored in their turn. */
  afterwards?: (event: Event) => string[]
}
