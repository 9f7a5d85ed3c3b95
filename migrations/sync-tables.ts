import { sql, type Kysely } from 'kysely'

export const name = 'sync-tables'

const statements = [
  // Holds a row while a mirroring trigger writes, so that the other side's triggers stay quiet. Always
  // empty in committed state: a committed row is a leak.
  `CREATE TABLE sync_guard (direction TEXT PRIMARY KEY NOT NULL) STRICT`,
  // Which section name a milestone's code gives. code is folded: upper case, without hyphens, spaces, underscores.
  `CREATE TABLE section_name_rules (
    id INTEGER PRIMARY KEY,
    taskType TEXT,
    category TEXT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('operator', 'built-in'))
  ) STRICT`,
  // v1 rows that v2 cannot hold as they are, and why.
  `CREATE TABLE migration_quarantine (
    mapping TEXT NOT NULL,
    rowId TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (mapping, rowId)
  ) STRICT`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['migration_quarantine', 'section_name_rules', 'sync_guard'])
    await sql.raw(`DROP TABLE ${table}`).execute(db)
}
