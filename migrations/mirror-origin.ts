import { sql, type Kysely } from 'kysely'

export const name = 'mirror-origin'

/**
 * What another program writes into v1's tables has the origin v1: while it is mirrored the guard has a row.
 * On the guard's table, so that they go with it.
 */
const triggers = {
  mirror_origin_begin: `AFTER INSERT ON sync_guard
    WHEN NEW.direction = 'up' AND NOT EXISTS (SELECT 1 FROM write_context)
    BEGIN INSERT INTO write_context (id, origin) VALUES (1, 'v1'); END`,
  // A request's row has an id, and is emptied by the request's own transaction.
  mirror_origin_end: `AFTER DELETE ON sync_guard
    BEGIN DELETE FROM write_context WHERE origin = 'v1' AND requestId IS NULL; END`,
}

export const triggerStatements: readonly string[] = Object.entries(triggers).map(
  ([trigger, body]) => `CREATE TRIGGER ${trigger} ${body}`,
)

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of triggerStatements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const trigger of Object.keys(triggers)) await sql.raw(`DROP TRIGGER ${trigger}`).execute(db)
}
