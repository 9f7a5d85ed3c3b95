import type { Handle } from '../../../db/database.js'
import type { Stage } from '../../../kernel/api-groups.js'
import { readState } from '../../../migration/state.js'
import { createStatements } from '../../../../migrations/v1-tables.js'
import { wantedTables } from './file-tables.js'

/** null where the file has not been adopted yet. */
export function readStage(db: Handle): Stage | null {
  const isAdopted =
    db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'migration_state'`).get() !== undefined
  return isAdopted ? readState(db).stage : null
}

/** Empty tables of this connection alone, for those that adoption would add: the rows of a file can be looked at before. */
export function standInForMissing(db: Handle): void {
  const present = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()
  for (const table of wantedTables(db).filter(({ name }) => !present.includes(name))) {
    const [createTable = ''] = createStatements(table)
    db.exec(createTable.replace('CREATE TABLE', 'CREATE TEMP TABLE'))
  }
}
