import { conflict } from './problem.js'

/**
 * Completed work is a record of the business: what would delete it along with something else says so.
 *
 * @param completed how many instances, whether they are applied or not
 * @throws Problem `has-completed-work`, unless forced
 */
export function requireNoCompletedWork(
  of: { noun: string; id: string },
  completed: number,
  force: boolean,
): void {
  if (completed === 0 || force) return
  throw conflict(
    'has-completed-work',
    `The ${of.noun} "${of.id}" has ${completed} completed supplier task instances, which would be deleted with it. ` +
      'Add ?force=true to delete them all the same.',
    { completed },
  )
}
