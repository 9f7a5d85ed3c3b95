import { sql, type Kysely } from 'kysely'

export const name = 'v1-usage'

const statements = [
  // Who calls which route of /v1, a row a day; days are UTC.
  `CREATE TABLE v1_usage (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    route TEXT NOT NULL,
    client TEXT NOT NULL,
    userAgent TEXT NOT NULL,
    requests INTEGER NOT NULL,
    lastAt INTEGER NOT NULL,
    UNIQUE (day, route, client, userAgent)
  ) STRICT`,
  // Until then /v1 answers nobody.
  `ALTER TABLE migration_state ADD COLUMN brownoutUntil INTEGER`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE v1_usage`.execute(db)
  await sql`ALTER TABLE migration_state DROP COLUMN brownoutUntil`.execute(db)
}
