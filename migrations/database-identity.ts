import { sql, type Kysely } from 'kysely'

export const name = 'database-identity'

/** Which database this is, whatever the file is called: a backup of another one is refused. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE migration_state ADD COLUMN databaseId TEXT NOT NULL DEFAULT ''`.execute(db)
  await sql`UPDATE migration_state SET databaseId = lower(hex(randomblob(16)))`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE migration_state DROP COLUMN databaseId`.execute(db)
}
