import { sql, type Kysely } from 'kysely'

export const name = 'history-tables'

/** It refers to nothing: what it tells of may be gone. Values are as the columns hold them. */
const history = [
  `CREATE TABLE change_history (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    subjectId TEXT NOT NULL,
    projectId TEXT,
    supplierProjectInstanceId TEXT,
    projectTaskTemplateId TEXT,
    field TEXT NOT NULL,
    oldValue ANY,
    newValue ANY,
    actor TEXT,
    requestId TEXT,
    origin TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX change_history_subject_idx ON change_history (subjectId, subject)`,
  `CREATE INDEX change_history_projectId_idx ON change_history (projectId)`,
  ...['UPDATE', 'DELETE'].map(
    (event) => `CREATE TRIGGER change_history_no_${event.toLowerCase()} BEFORE ${event} ON change_history
    BEGIN SELECT RAISE(ABORT, 'change_history is append-only'); END`,
  ),
  // OR REPLACE deletes without firing a trigger.
  `CREATE TRIGGER change_history_no_replace BEFORE INSERT ON change_history
    WHEN EXISTS (SELECT 1 FROM change_history WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'change_history is append-only'); END`,
]

/** Other programs run these triggers too, with a SQLite that may be old: unixepoch('subsec') needs 3.42. */
const now = `CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)`

interface Subject {
  name: string
  table: string
  fields: readonly string[]
  /** SQL over a row version for what the history keeps of the row, so that it is found without the row. */
  projectId: (row: string) => string
  supplierProjectInstanceId: (row: string) => string
  projectTaskTemplateId: (row: string) => string
}

const subjects: readonly Subject[] = [
  {
    name: 'supplier-task-instance',
    table: 'v2_supplier_task_instances',
    fields: ['status', 'completedAt', 'dueDate', 'actualDueDate', 'isApplied', 'owner', 'notes'],
    // While a delete cascades, one of the two is gone already.
    projectId: (row) => `coalesce(
      (SELECT projectId FROM supplier_project_instances WHERE id = ${row}.supplierProjectInstanceId),
      (SELECT projectId FROM v2_project_task_templates WHERE id = ${row}.projectTaskTemplateId))`,
    supplierProjectInstanceId: (row) => `${row}.supplierProjectInstanceId`,
    projectTaskTemplateId: (row) => `${row}.projectTaskTemplateId`,
  },
  {
    name: 'project-task-template',
    table: 'v2_project_task_templates',
    fields: ['dueDate'],
    projectId: (row) => `${row}.projectId`,
    supplierProjectInstanceId: () => 'NULL',
    projectTaskTemplateId: (row) => `${row}.id`,
  },
]

/** @param changes SELECT of field, oldValue and newValue, a row a change */
const record = (subject: Subject, row: string, changes: string) =>
  // OR ABORT: SQLite compiles a trigger once for each conflict rule that leads to it, and the mirror's abort.
  `INSERT OR ABORT INTO change_history (at, subject, subjectId, projectId, supplierProjectInstanceId,
      projectTaskTemplateId, field, oldValue, newValue, actor, requestId, origin)
    SELECT ${now}, '${subject.name}', ${row}.id, ${subject.projectId(row)}, ${subject.supplierProjectInstanceId(row)},
      ${subject.projectTaskTemplateId(row)}, field, oldValue, newValue, actor, requestId, coalesce(origin, 'external')
    FROM (${changes}) LEFT JOIN write_context`

const differs = (field: string) => `OLD.${field} IS NOT NEW.${field}`

function triggersOf(subject: Subject): Record<string, string> {
  const { table, fields } = subject
  const changes = fields.map(
    (field) =>
      `SELECT '${field}' AS field, OLD.${field} AS oldValue, NEW.${field} AS newValue WHERE ${differs(field)}`,
  )
  const deletion = `SELECT 'deleted' AS field, 0 AS oldValue, 1 AS newValue`
  return {
    [`history_${table}_update`]: `AFTER UPDATE OF ${fields.join(', ')} ON ${table} WHEN ${fields.map(differs).join(' OR ')}
    BEGIN ${record(subject, 'NEW', changes.join(' UNION ALL '))}; END`,
    [`history_${table}_delete`]: `AFTER DELETE ON ${table}
    BEGIN ${record(subject, 'OLD', deletion)}; END`,
  }
}

const triggers = Object.assign({}, ...subjects.map(triggersOf)) as Record<string, string>

/** What records the changes. */
export const triggerStatements: readonly string[] = Object.entries(triggers).map(
  ([trigger, body]) => `CREATE TRIGGER ${trigger} ${body}`,
)

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...history, ...triggerStatements]) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const trigger of Object.keys(triggers)) await sql.raw(`DROP TRIGGER ${trigger}`).execute(db)
  await sql`DROP TABLE change_history`.execute(db)
}
