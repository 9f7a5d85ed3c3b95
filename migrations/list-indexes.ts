import { sql, type Kysely } from 'kysely'

export const name = 'list-indexes'

const statements = [
  // For the orders in which instances are listed most; the id makes each of them total. There is none on
  // updatedAt: every write would have to change it.
  `CREATE INDEX v2_supplier_task_instances_due_idx ON v2_supplier_task_instances (effectiveDueDate, id)`,
  `DROP INDEX v2_supplier_task_instances_status_idx`,
  `CREATE INDEX v2_supplier_task_instances_status_idx ON v2_supplier_task_instances (status, id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

/** They go with their table. */
export async function down(): Promise<void> {
  // Nothing of its own is left to take back.
}
