import { sql, type Kysely, type RawBuilder } from 'kysely'
import { contains } from '../contains.js'
import type { V2Tables } from '../tables.js'

/** Assignments and templates that a search finds by a name of theirs: JSON arrays of ids. */
export interface Named {
  assignments: string
  templates: string
}

/** By the name of the supplier or the project, and by that of the task or the section. */
export async function findNamed(db: Kysely<V2Tables>, text: string | undefined): Promise<Named> {
  if (text === undefined) return { assignments: '[]', templates: '[]' }
  const named = (table: string) => sql`(select id from ${sql.table(table)} where ${contains('name', text)})`
  const assignments = sql`supplier_project_instances
    where supplierId in ${named('suppliers')} or projectId in ${named('projects')}`
  const templates = sql`v2_project_task_templates
    where taskId in ${named('v2_tasks')} or sectionId in ${named('v2_task_type_sections')}`
  return { assignments: await idsOf(db, assignments), templates: await idsOf(db, templates) }
}

async function idsOf(db: Kysely<V2Tables>, from: RawBuilder<unknown>): Promise<string> {
  const { rows } = await sql<{ ids: string }>`select json_group_array(id) as ids from ${from}`.execute(db)
  return rows[0]?.ids ?? '[]'
}
