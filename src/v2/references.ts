import { sql, type Kysely, type Selectable } from 'kysely'
import { invalidInput } from '../kernel/problem.js'
import type { V2Tables } from './tables.js'

const nouns = {
  suppliers: 'supplier',
  projects: 'project',
  task_types: 'task type',
  supplier_project_instances: 'supplier project instance',
  v2_task_type_sections: 'section',
  v2_tasks: 'task',
  v2_project_task_templates: 'project task template',
} satisfies Partial<Record<keyof V2Tables, string>>

type Referred = keyof typeof nouns

/** Without the instants: in a shared table they are as stored. */
type ReferredRow<Table extends Referred> = Omit<
  Selectable<V2Tables[Table]>,
  'createdAt' | 'updatedAt' | 'assignedAt'
>

/**
 * The row whose id a body gives at `path`.
 *
 * @throws Problem `invalid-input` where there is none
 */
export async function getReferred<Table extends Referred>(
  db: Kysely<V2Tables>,
  table: Table,
  id: string,
  path: string,
): Promise<ReferredRow<Table>> {
  const query = sql<ReferredRow<Table>>`select * from ${sql.table(table)} where id = ${id}`
  const [row] = (await query.execute(db)).rows
  if (row === undefined) throw invalidInput([{ path, message: `must be the id of a ${nouns[table]}` }])
  return row
}
