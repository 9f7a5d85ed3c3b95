import { sql, type Kysely } from 'kysely'

export const name = 'idempotency-keys'

const statements = [
  // What was answered to a request with an Idempotency-Key; written in the transaction of its effect.
  `CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    createdAt INTEGER NOT NULL,
    PRIMARY KEY (caller, route, key)
  ) STRICT`,
  `CREATE INDEX idempotency_keys_createdAt_idx ON idempotency_keys (createdAt)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('DROP TABLE idempotency_keys').execute(db)
}
