import type { Handle } from './database.js'
import { foldText } from '../kernel/fold-text.js'

/**
 * What SQL can call on this service's readers beside SQLite's own functions. Never in a trigger, a view or
 * an index: other programs have not got them.
 *
 * `folded(text)`: the text as a search sees it; NULL for what is no text.
 */
export const addSqlFunctions = (handle: Handle): Handle =>
  handle.function('folded', { deterministic: true, directOnly: true }, (text: unknown) =>
    typeof text === 'string' ? foldText(text) : null,
  )
