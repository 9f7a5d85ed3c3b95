import { sql, type Kysely } from 'kysely'

export const name = 'sync-tables'

const statements = [
  // Holds a row while a mirroring trigger writes, so that the other side's triggers stay quiet. Always
  // empty in committed state: a committed row is a leak.
  `CREATE TABLE sync_guard (direction TEXT PRIMARY KEY NOT NULL) STRICT`,
  // Which section name a milestone's code gives. code is folded: upper case, without hyphens, spaces, underscores.
  `CREATE TABLE section_name_rules (
    id INTEGER PRIMARY KEY,
    taskType TEXT,
    category TEXT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('operator', 'built-in'))
  ) STRICT`,
  // What a status of v1 that is none of the five becomes.
  `CREATE TABLE status_rules (stored TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL) STRICT`,
  // How a section that v2 has named stands in v1. It holds while the milestone has that code and that name:
  // a change of either, made in v1, gives the section its name afresh. A rule names a section whatever v1 has there.
  `CREATE TABLE section_forms (
    id TEXT PRIMARY KEY NOT NULL,
    milestoneCode ANY,
    milestoneName ANY,
    code TEXT,
    name TEXT NOT NULL
  ) STRICT`,
  // The same for a task whose name was taken in its milestone.
  `CREATE TABLE task_forms (id TEXT PRIMARY KEY NOT NULL, taskName ANY, name TEXT NOT NULL) STRICT`,
  // Tasks whose parent is taken from them, for the length of a statement.
  `CREATE TABLE promoted_tasks (id TEXT PRIMARY KEY NOT NULL) STRICT`,
  // Rows of v2 that wait, and that a write may be about to replace: from before the write until after it.
  `CREATE TABLE replaceable_rows (
    mapping TEXT NOT NULL,
    rowId TEXT NOT NULL,
    PRIMARY KEY (mapping, rowId)
  ) STRICT, WITHOUT ROWID`,
  // Task types that v2 attached to a project: they stay without any template.
  `CREATE TABLE attached_task_types (
    projectId TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE ON UPDATE CASCADE,
    taskTypeId TEXT NOT NULL REFERENCES task_types(id) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (projectId, taskTypeId)
  ) STRICT`,
  // Rows written since the last validation began: what a cutover has to look at.
  `CREATE TABLE touched_rows (
    mapping TEXT NOT NULL,
    rowId TEXT NOT NULL,
    PRIMARY KEY (mapping, rowId)
  ) STRICT, WITHOUT ROWID`,
  // When the sync was found broken, and how.
  `CREATE TABLE sync_alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    what TEXT NOT NULL
  ) STRICT`,
  // Rows that one side cannot hold as the other has them, and why. row is v1's row as JSON, as it was then: a
  // BLOB is {"hex": …}. jobId is the run that found it so last. A row without a resolution waits.
  `CREATE TABLE migration_quarantine (
    mapping TEXT NOT NULL,
    rowId TEXT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    row TEXT,
    jobId TEXT,
    at INTEGER NOT NULL,
    resolution TEXT CHECK (resolution IN ('migrated', 'gone')),
    resolvedAt INTEGER,
    PRIMARY KEY (mapping, rowId)
  ) STRICT`,
  `CREATE INDEX migration_quarantine_waiting ON migration_quarantine (mapping, rowId) WHERE resolution IS NULL`,
  // Values of v2 that are not simply v1's, with the rule that made them and what v1 has.
  `CREATE TABLE migration_lineage (
    mapping TEXT NOT NULL,
    rowId TEXT NOT NULL,
    "column" TEXT NOT NULL,
    rule TEXT NOT NULL,
    original ANY,
    PRIMARY KEY (mapping, rowId, "column")
  ) STRICT, WITHOUT ROWID`,
]

const tables = [
  'migration_lineage',
  'migration_quarantine',
  'sync_alarms',
  'touched_rows',
  'attached_task_types',
  'replaceable_rows',
  'promoted_tasks',
  'task_forms',
  'section_forms',
  'status_rules',
  'section_name_rules',
  'sync_guard',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of tables) await sql.raw(`DROP TABLE ${table}`).execute(db)
}
