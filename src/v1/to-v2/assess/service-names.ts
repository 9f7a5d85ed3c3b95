import BetterSqlite3 from 'better-sqlite3'
import { sql, type Kysely } from 'kysely'
import { kyselyOver } from '../../../db/database.js'
import { applySchemaFiles } from '../../../db/schema-files.js'
import { journalFiles } from '../../../migration/journal-files.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { v2SchemaFiles } from '../schema-files.js'
import { syncObjectNames } from '../sync/objects.js'

/** The names of this service's own tables and indexes: those that an adopted file has, and those of a migrated one. */
export interface ServiceNames {
  adopted: ReadonlySet<string>
  migrated: ReadonlySet<string>
}

/** Makes the tables in memory, and looks: a list by hand would one day lack one. */
export async function readServiceNames(mappings: readonly RowMapping[]): Promise<ServiceNames> {
  const handle = new BetterSqlite3(':memory:')
  const db = kyselyOver<unknown>(handle, async () => void handle.exec('BEGIN'))
  try {
    // v2's tables refer to the shared ones, which need not be there for that.
    const adopted = await namesAfter(db, journalFiles)
    const all = await namesAfter(db, [...journalFiles, ...v2SchemaFiles])
    const migrated = [...all, ...syncObjectNames(mappings)].filter((name) => !adopted.has(name))
    return { adopted, migrated: new Set(migrated) }
  } finally {
    await db.destroy()
  }
}

async function namesAfter(
  db: Kysely<unknown>,
  files: Parameters<typeof applySchemaFiles>[1],
): Promise<Set<string>> {
  return db.transaction().execute(async (trx) => {
    await applySchemaFiles(trx, files)
    const { rows } = await sql<{ name: string }>`select name from sqlite_master`.execute(trx)
    return new Set(rows.map(({ name }) => name))
  })
}
