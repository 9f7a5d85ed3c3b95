import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { driftOfHistory } from '../history-triggers.js'
import { noneOf } from './integrity.js'

/** Every change is recorded, from now on. */
export const checkHistory = (db: Handle): Check[] => [
  noneOf(
    'history-in-place',
    'history',
    'Every trigger of the history is as it should be',
    driftOfHistory(db),
  ),
]

/** Nobody signs for others. Look before the job writes: whoever writes takes the place of a writer left behind. */
export const checkWriter = (db: Handle): Check =>
  noneOf(
    'write-context-empty',
    'history',
    'No writer was left behind',
    db.prepare('SELECT actor, requestId, origin FROM write_context').all(),
  )
