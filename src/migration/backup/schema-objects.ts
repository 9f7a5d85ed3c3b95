import type { Handle } from '../../db/database.js'

/** A table, index, view or trigger, as it was declared. */
export interface SchemaObject {
  type: 'table' | 'index' | 'view' | 'trigger'
  name: string
  /** The table or view that it belongs to; a table's own name. */
  table: string
  sql: string
}

/** All that SQLite has not made by itself, in the order in which it can be made anew. */
export const readSchemaObjects = (db: Handle): SchemaObject[] =>
  db
    .prepare(
      `SELECT type, name, tbl_name AS "table", sql FROM main.sqlite_master
       WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'
       ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid`,
    )
    .all() as SchemaObject[]
