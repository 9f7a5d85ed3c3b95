import { sql, type Kysely } from 'kysely'

export const name = 'v2-tables'

const stamps = `createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL`

const flag = (column: string) => `${column} INTEGER NOT NULL CHECK (${column} IN (0, 1))`

const reference = (column: string, table: string, required = true) =>
  `${column} TEXT ${required ? 'NOT NULL ' : ''}REFERENCES ${table}(id) ON DELETE CASCADE ON UPDATE CASCADE`

const tables = [
  `CREATE TABLE v2_task_type_sections (
    id TEXT PRIMARY KEY NOT NULL,
    ${reference('taskTypeId', 'task_types')},
    code TEXT,
    name TEXT NOT NULL,
    description TEXT,
    sequence INTEGER NOT NULL,
    ${flag('isRequired')},
    ${stamps},
    UNIQUE (taskTypeId, name)
  ) STRICT`,
  `CREATE TABLE v2_tasks (
    id TEXT PRIMARY KEY NOT NULL,
    ${reference('taskTypeId', 'task_types')},
    ${reference('sectionId', 'v2_task_type_sections', false)},
    ${reference('parentTaskId', 'v2_tasks', false)},
    name TEXT NOT NULL,
    description TEXT,
    sequence INTEGER NOT NULL,
    defaultOwner TEXT,
    defaultNotes TEXT,
    ${flag('isRequired')},
    ${stamps},
    CHECK (parentTaskId IS NOT id)
  ) STRICT`,
  `CREATE TABLE v2_project_task_types (
    id TEXT PRIMARY KEY NOT NULL,
    ${reference('projectId', 'projects')},
    ${reference('taskTypeId', 'task_types')},
    ${flag('isActive')},
    ${stamps},
    UNIQUE (projectId, taskTypeId)
  ) STRICT`,
  `CREATE TABLE v2_project_task_templates (
    id TEXT PRIMARY KEY NOT NULL,
    ${reference('projectId', 'projects')},
    ${reference('taskId', 'v2_tasks')},
    ${reference('sectionId', 'v2_task_type_sections', false)},
    dueDate INTEGER NOT NULL,
    owner TEXT,
    notes TEXT,
    ${flag('isActive')},
    anchor TEXT CHECK (anchor IN ('project_start', 'milestone_date', 'relative_to_task')),
    offsetDays INTEGER,
    ${stamps},
    UNIQUE (projectId, taskId)
  ) STRICT`,
  `CREATE TABLE v2_supplier_task_instances (
    id TEXT PRIMARY KEY NOT NULL,
    ${reference('supplierProjectInstanceId', 'supplier_project_instances')},
    ${reference('projectTaskTemplateId', 'v2_project_task_templates')},
    status TEXT NOT NULL CHECK (status IN ('not_started', 'in_progress', 'completed', 'blocked', 'cancelled')),
    dueDate INTEGER NOT NULL,
    actualDueDate INTEGER,
    owner TEXT,
    notes TEXT,
    ${flag('isApplied')},
    blockedReason TEXT,
    submissionFiles TEXT,
    completedAt INTEGER,
    ${stamps},
    effectiveDueDate INTEGER GENERATED ALWAYS AS (coalesce(actualDueDate, dueDate)) VIRTUAL,
    UNIQUE (supplierProjectInstanceId, projectTaskTemplateId)
  ) STRICT`,
]

const indexes = [
  // A section belongs to one task type, so taskTypeId only tells tasks without a section apart.
  `CREATE UNIQUE INDEX v2_tasks_name_key ON v2_tasks (coalesce(sectionId, taskTypeId), coalesce(parentTaskId, ''), name)`,
  `CREATE INDEX v2_tasks_taskTypeId_idx ON v2_tasks (taskTypeId)`,
  `CREATE INDEX v2_tasks_sectionId_idx ON v2_tasks (sectionId)`,
  `CREATE INDEX v2_tasks_parentTaskId_idx ON v2_tasks (parentTaskId) WHERE parentTaskId IS NOT NULL`,
  `CREATE INDEX v2_project_task_types_taskTypeId_idx ON v2_project_task_types (taskTypeId)`,
  `CREATE INDEX v2_project_task_templates_taskId_idx ON v2_project_task_templates (taskId)`,
  `CREATE INDEX v2_project_task_templates_sectionId_idx ON v2_project_task_templates (sectionId)`,
  `CREATE INDEX v2_supplier_task_instances_template_idx ON v2_supplier_task_instances (projectTaskTemplateId)`,
  `CREATE INDEX v2_supplier_task_instances_status_idx ON v2_supplier_task_instances (status, isApplied)`,
]

/** Children before parents: dropping a parent deletes the rows that refer to it. */
const children = [
  'v2_supplier_task_instances',
  'v2_project_task_templates',
  'v2_project_task_types',
  'v2_tasks',
  'v2_task_type_sections',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...indexes]) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of children) await sql.raw(`DROP TABLE ${table}`).execute(db)
}
