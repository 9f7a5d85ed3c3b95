import type { Handle } from '../../db/database.js'
import { upTriggers } from './triggers.js'
import { mappingFor } from './v1-shape.js'
import { createViews } from './views.js'

/** Every view and trigger of the sync that is missing or is not as it should be, a sentence each. */
export function driftOfSync(db: Handle): string[] {
  const mappings = mappingFor(db)
  const expected = [...upTriggers(mappings).map(({ sql }) => sql), ...createViews(mappings, 'main')]
  const stored = new Set(
    db.prepare(`SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'view')`).pluck().all(),
  )
  return expected
    .filter((sql) => !stored.has(sql))
    .map((sql) => `The ${/^CREATE (\w+ \w+)/.exec(sql)?.[1] ?? sql} is missing or altered`)
}
