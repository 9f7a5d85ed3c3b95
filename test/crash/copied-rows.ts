import type { Handle } from '../../src/db/database.js'
import { readCursor } from '../../src/migration/journal.js'
import { keptColumns, viewName } from '../../src/v1/to-v2/mapping/row-mapping.js'
import { mappingFor } from '../../src/v1/to-v2/v1-shape.js'

/**
 * Where the backfill's cursors say more than v2 holds, a sentence each: every row up to the cursor that fits
 * is there, with the values that v1 has now.
 */
export function cursorProblems(db: Handle, jobId: string): string[] {
  return mappingFor(db).flatMap((mapping) => {
    const cursor = readCursor(db, jobId, mapping.name)
    if (cursor === undefined) return []
    const columns = ['id', ...keptColumns(mapping)].join(', ')
    const missing = db
      .prepare(
        `SELECT count(*) FROM (SELECT ${columns} FROM ${viewName(mapping)} WHERE misfit IS NULL AND (@isDone OR id <= @lastId)
         EXCEPT SELECT ${columns} FROM ${mapping.target})`,
      )
      .pluck()
      .get({ isDone: Number(cursor.isDone), lastId: cursor.lastId })
    return missing === 0 ? [] : [`${String(missing)} rows of ${mapping.name} up to the cursor are not in v2`]
  })
}

/** Whether the backfill has begun and not ended. */
export const isMidBackfill = (db: Handle, jobId: string): boolean => {
  const cursors = mappingFor(db).map(({ name }) => readCursor(db, jobId, name))
  return cursors.some((cursor) => cursor !== undefined) && cursors.some((cursor) => cursor?.isDone !== true)
}
