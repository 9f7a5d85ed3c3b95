import { sql, type Kysely, type Transaction } from 'kysely'
import type { TasksTable, V2Tables } from '../tables.js'

export type Ordered = 'v2_task_type_sections' | 'v2_tasks'

export interface Sibling {
  id: string
  name: string
  sequence: number
}

/** What stands side by side: one list that can be put in order. */
export interface Siblings {
  table: Ordered
  /** Equal for all of them, and for no other row of the table. */
  where: Readonly<Record<string, string | null>>
}

export const sectionsOf = (taskTypeId: string): Siblings => ({
  table: 'v2_task_type_sections',
  where: { taskTypeId },
})

/** The tasks in one place: in a section, in none, or under a parent, whose section does not matter then. */
export const tasksAt = ({
  taskTypeId,
  sectionId,
  parentTaskId,
}: Pick<TasksTable, 'taskTypeId' | 'sectionId' | 'parentTaskId'>): Siblings => ({
  table: 'v2_tasks',
  where: parentTaskId === null ? { taskTypeId, sectionId, parentTaskId } : { parentTaskId },
})

/** As they are shown: by sequence, then name, then id. */
export async function listSiblings(db: Kysely<V2Tables>, { table, where }: Siblings): Promise<Sibling[]> {
  const conditions = Object.entries(where).map(([column, value]) => sql`${sql.ref(column)} is ${value}`)
  const { rows } = await sql<Sibling>`select id, name, sequence from ${sql.table(table)}
    where ${sql.join(conditions, sql` and `)} order by sequence, name, id`.execute(db)
  return rows
}

/** For one more among the siblings: after the last. */
export async function nextSequence(db: Kysely<V2Tables>, siblings: Siblings): Promise<number> {
  const last = (await listSiblings(db, siblings)).at(-1)
  return (last?.sequence ?? 0) + 1
}

export async function updateSequence(
  trx: Transaction<V2Tables>,
  table: Ordered,
  { id, sequence }: Pick<Sibling, 'id' | 'sequence'>,
  now: number,
): Promise<void> {
  await trx.updateTable(table).set({ sequence, updatedAt: now }).where('id', '=', id).execute()
}
