import * as historyTables from '../../../migrations/history-tables.js'
import * as mirrorOrigin from '../../../migrations/mirror-origin.js'
import type { Handle } from '../../db/database.js'

const statements = [...historyTables.triggerStatements, ...mirrorOrigin.triggerStatements]

const nameOf = (statement: string) => /^CREATE TRIGGER (\w+)/.exec(statement)?.[1] ?? statement

const drifted = (db: Handle): string[] => {
  const stored = new Set(db.prepare(`SELECT sql FROM sqlite_master WHERE type = 'trigger'`).pluck().all())
  return statements.filter((statement) => !stored.has(statement))
}

/** Every trigger of the history that is missing or is not as it should be, a sentence each. */
export const driftOfHistory = (db: Handle): string[] =>
  drifted(db).map((statement) => `The trigger ${nameOf(statement)} is missing or altered`)

/** Makes those triggers anew. What was written without them, nobody recorded. */
export function restoreHistory(db: Handle): void {
  for (const statement of drifted(db)) db.exec(`DROP TRIGGER IF EXISTS ${nameOf(statement)}; ${statement}`)
}
