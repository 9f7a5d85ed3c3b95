import { sql, type Kysely } from 'kysely'

export const name = 'write-context'

/**
 * Who writes, for the triggers of the history. A transaction of this service fills it first and empties it
 * at its end, so that it is always empty in committed state: without a row, somebody else writes.
 */
export const table = `CREATE TABLE write_context (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  actor TEXT,
  requestId TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('v1', 'v2', 'propagation', 'migration'))
) STRICT`

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(table).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE write_context`.execute(db)
}
