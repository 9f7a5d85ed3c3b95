import { sql, type Kysely } from 'kysely'

/** What the names of a file's legacy tables end in; undefined: it has none. */
export type LegacySuffix = '_old' | '' | undefined

/** The tables of older files have the same columns under the names without a suffix. */
export const legacyTable = <Name extends 'supplier_projects' | 'task_templates' | 'task_instances'>(
  name: Name,
  suffix: '_old' | '',
) => `${name}${suffix}` as `${Name}_old`

/** The newer generation's, where a file has both. */
export function legacySuffixOf(tables: readonly string[]): LegacySuffix {
  if (tables.includes('task_instances_old')) return '_old'
  return tables.includes('task_instances') ? '' : undefined
}

/** As the file has them now. */
export async function findLegacySuffix<Schema>(db: Kysely<Schema>): Promise<LegacySuffix> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name in ('task_instances', 'task_instances_old')
  `.execute(db)
  return legacySuffixOf(rows.map(({ name }) => name))
}
