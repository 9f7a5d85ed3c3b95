import { sql, type Kysely } from 'kysely'

export const name = 'shared-tables'

const stamps = `createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL`

/** The tables that both versions share, for a database that never was a v1. */
const statements = [
  `CREATE TABLE suppliers (
    id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, supplierNumber TEXT UNIQUE, location TEXT,
    contacts TEXT, contactInfo TEXT NOT NULL, ${stamps}
  ) STRICT`,
  `CREATE TABLE projects (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, description TEXT, ${stamps}) STRICT`,
  `CREATE TABLE task_types (
    id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, category TEXT NOT NULL, description TEXT, ${stamps}
  ) STRICT`,
  `CREATE TABLE supplier_project_instances (
    id TEXT PRIMARY KEY NOT NULL,
    supplierId TEXT NOT NULL REFERENCES suppliers(id) ON DELETE CASCADE ON UPDATE CASCADE,
    projectId TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE ON UPDATE CASCADE,
    status TEXT NOT NULL DEFAULT 'active', assignedAt INTEGER NOT NULL, ${stamps},
    UNIQUE (supplierId, projectId)
  ) STRICT`,
  `CREATE INDEX supplier_project_instances_projectId_idx ON supplier_project_instances (projectId)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['supplier_project_instances', 'task_types', 'projects', 'suppliers'])
    await sql.raw(`DROP TABLE ${table}`).execute(db)
}
