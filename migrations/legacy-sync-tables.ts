import { sql, type Kysely } from 'kysely'

export const name = 'legacy-sync-tables'

/** What the legacy tables have no row for, though v2 has one because of them. */
const statements = [
  // The section and the task in which a task type's legacy templates stand. They are v2's own: v1 has neither.
  `CREATE TABLE legacy_places (
    taskTypeId TEXT PRIMARY KEY NOT NULL REFERENCES task_types(id) ON DELETE CASCADE ON UPDATE CASCADE,
    sectionId TEXT REFERENCES v2_task_type_sections(id) ON DELETE SET NULL ON UPDATE CASCADE,
    taskId TEXT REFERENCES v2_tasks(id) ON DELETE SET NULL ON UPDATE CASCADE
  ) STRICT`,
  `CREATE INDEX legacy_places_sectionId_idx ON legacy_places (sectionId)`,
  `CREATE INDEX legacy_places_taskId_idx ON legacy_places (taskId)`,
  // Assignments of which one row was made of the other: the shared one of a legacy one (v1), or the other way (v2).
  // It refers to nothing: when one row is deleted, this says whether the other goes with it.
  `CREATE TABLE made_assignments (
    id TEXT PRIMARY KEY NOT NULL,
    madeIn TEXT NOT NULL CHECK (madeIn IN ('v1', 'v2'))
  ) STRICT`,
  // Legacy instances that v2 has taken off a supplier's list. The legacy tables have no column for it.
  `CREATE TABLE set_aside_instances (
    id TEXT PRIMARY KEY NOT NULL REFERENCES v2_supplier_task_instances(id) ON DELETE CASCADE ON UPDATE CASCADE
  ) STRICT`,
]

const tables = ['set_aside_instances', 'made_assignments', 'legacy_places']

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of tables) await sql.raw(`DROP TABLE ${table}`).execute(db)
}
