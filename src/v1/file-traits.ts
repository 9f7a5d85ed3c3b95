import { sql, type Kysely } from 'kysely'
import type { FileTraits } from './index.js'
import { findLegacySuffix } from './legacy/legacy-tables.js'

/** What differs from one v1 file to the next, as this one has it. */
export async function readFileTraits<Schema>(db: Kysely<Schema>): Promise<FileTraits> {
  const { rows } = await sql`
    select 1 from pragma_table_info('project_milestone_tasks') where name = 'responsibleParties'`.execute(db)
  return { hasResponsibleParties: rows.length > 0, legacySuffix: await findLegacySuffix(db) }
}
