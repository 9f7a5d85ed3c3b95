import { sql, type Kysely, type Transaction } from 'kysely'

/** A file of `migrations/`: DDL as it was on its day. */
export interface SchemaFile {
  name: string
  up(trx: Kysely<unknown>): Promise<void>
  down(trx: Kysely<unknown>): Promise<void>
}

/**
 * Applies those files that the database does not have yet, in order, inside the caller's transaction:
 * SQLite's DDL is transactional, and the stage of the database changes in the same commit.
 */
export async function applySchemaFiles(
  trx: Transaction<unknown>,
  files: readonly SchemaFile[],
): Promise<void> {
  await sql`create table if not exists schema_files (name text primary key not null, appliedAt integer not null) strict`.execute(
    trx,
  )
  const applied = await listSchemaFiles(trx)
  for (const file of files) {
    if (applied.has(file.name)) continue
    await file.up(trx)
    await sql`insert into schema_files values (${file.name}, ${Date.now()})`.execute(trx)
  }
}

/** The names of those that a database of ours has. */
export async function listSchemaFiles(db: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`select name from schema_files`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

/** Takes those files back that the database has, last first. */
export async function revertSchemaFiles(
  trx: Transaction<unknown>,
  files: readonly SchemaFile[],
): Promise<void> {
  for (const file of files.toReversed()) {
    const { numAffectedRows } = await sql`delete from schema_files where name = ${file.name}`.execute(trx)
    if (numAffectedRows === 1n) await file.down(trx)
  }
}
