import { sql, type Kysely } from 'kysely'
import type { V1Tables } from '../tables.js'

/** What the names of a file's legacy tables end in; undefined: it has none. */
export type LegacySuffix = '_old' | '' | undefined

/** The tables of older files have the same columns under the names without a suffix. */
export const legacyTable = <Name extends 'supplier_projects' | 'task_templates' | 'task_instances'>(
  name: Name,
  suffix: '_old' | '',
) => `${name}${suffix}` as `${Name}_old`

/** As the file has them now: the newer generation's, where there are both. */
export async function findLegacySuffix(db: Kysely<V1Tables>): Promise<LegacySuffix> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name in ('task_instances', 'task_instances_old')
  `.execute(db)
  const names = rows.map(({ name }) => name)
  if (names.includes('task_instances_old')) return '_old'
  return names.includes('task_instances') ? '' : undefined
}
