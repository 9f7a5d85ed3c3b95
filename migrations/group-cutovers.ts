import { sql, type Kysely } from 'kysely'

export const name = 'group-cutovers'

export async function up(db: Kysely<unknown>): Promise<void> {
  // When each group was moved to v2: a JSON object of instants. Groups that were moved before this are not in it.
  await sql`ALTER TABLE migration_state ADD COLUMN groupsSince TEXT NOT NULL DEFAULT '{}'`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE migration_state DROP COLUMN groupsSince`.execute(db)
}
