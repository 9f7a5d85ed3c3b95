/** One corruption of v2, and where validation must find it. */
export interface Mutation {
  title: string
  sql: string
  table: string
  column: string
  /** SQL that gives the id of the damaged row, asked before the damage. */
  id: string
}

const instances = 'v2_supplier_task_instances'
const templates = 'v2_project_task_templates'
const tasks = 'v2_tasks'
const sections = 'v2_task_type_sections'
const pairs = 'v2_project_task_types'

/** Rows that came from the legacy tables have more that is v2's alone. */
const legacyRows: Record<string, string> = {
  [instances]: 'id IN (SELECT id FROM task_instances_old)',
  [templates]: 'id IN (SELECT id FROM task_templates_old)',
  [tasks]: `id GLOB 'legacy~*'`,
  [sections]: `id GLOB 'legacy~*'`,
  [pairs]: '(projectId, taskTypeId) NOT IN (SELECT projectId, taskTypeId FROM up_project_task_types)',
}

/** Changes one column of the first row that satisfies `where`. */
const change = (table: string, column: string, value: string, where = '1', isLegacy = false): Mutation => ({
  title: `${table}.${column} = ${value}${isLegacy ? ', of a legacy row' : ''}`,
  table,
  column,
  id: `SELECT id FROM ${table} WHERE (${where}) AND (${legacyRows[table] ?? '0'}) = ${Number(isLegacy)} ORDER BY id LIMIT 1`,
  sql: `UPDATE ${table} SET ${column} = ${value} WHERE id = @id`,
})

const ofLegacy = (table: string, column: string, value: string, where = '1') =>
  change(table, column, value, where, true)

const lost = (table: string, where = '1', isLegacy = false): Mutation => ({
  title: `a row of ${table} is lost${isLegacy ? ', a legacy one' : ''}`,
  table,
  column: 'id',
  id: `SELECT id FROM ${table} WHERE (${where}) AND (${legacyRows[table] ?? '0'}) = ${Number(isLegacy)} ORDER BY id DESC LIMIT 1`,
  sql: `DELETE FROM ${table} WHERE id = @id`,
})

/** A copy of a row under another id, with what is unique changed. */
const extra = (
  table: string,
  id: string,
  columns: readonly string[],
  unique: Record<string, string>,
): Mutation => ({
  title: `${table} has a row too many`,
  table,
  column: 'id',
  id: `SELECT ${id}`,
  sql: `INSERT INTO ${table} (id, ${columns.join(', ')})
    SELECT @id, ${columns.map((column) => unique[column] ?? column).join(', ')} FROM ${table} ORDER BY id LIMIT 1`,
})

const swapped = (table: string, column: string, partner: string): Mutation => ({
  title: `two rows of ${table} have changed ${column}`,
  table,
  column,
  id: `SELECT id FROM ${table} a WHERE ${column} IS NOT (${partner}) ORDER BY id LIMIT 1`,
  sql: `UPDATE ${table} AS a SET ${column} = (${partner}) WHERE id = @id`,
})

const stamps = ['createdAt', 'updatedAt']

export const mutations: readonly Mutation[] = [
  change(instances, 'notes', `notes || 'x'`, 'notes IS NOT NULL'),
  change(instances, 'notes', `upper(notes)`, 'notes IS NOT NULL AND notes IS NOT upper(notes)'),
  change(instances, 'notes', `''`, 'notes IS NULL'),
  change(instances, 'notes', `NULL`, 'notes IS NOT NULL'),
  change(instances, 'status', `'blocked'`, `status = 'in_progress'`),
  change(instances, 'dueDate', 'dueDate + 1'),
  change(instances, 'dueDate', 'dueDate / 1000', 'dueDate % 1000 = 0'),
  change(instances, 'actualDueDate', 'actualDueDate - 1', 'actualDueDate IS NOT NULL'),
  change(instances, 'actualDueDate', 'NULL', 'actualDueDate IS NOT NULL'),
  change(instances, 'actualDueDate', 'dueDate', 'actualDueDate IS NULL'),
  change(instances, 'isApplied', '1 - isApplied'),
  change(instances, 'completedAt', 'completedAt + 1', 'completedAt IS NOT NULL'),
  change(instances, 'completedAt', 'NULL', 'completedAt IS NOT NULL'),
  change(instances, 'submissionFiles', `replace(submissionFiles, '"', '''')`, 'submissionFiles IS NOT NULL'),
  change(instances, 'submissionFiles', `'[]'`, 'submissionFiles IS NULL'),
  change(instances, 'createdAt', 'createdAt + 3600000'),
  change(instances, 'updatedAt', 'updatedAt - 1'),
  swapped(
    instances,
    'supplierProjectInstanceId',
    `SELECT b.supplierProjectInstanceId FROM ${instances} b WHERE NOT EXISTS (
      SELECT 1 FROM ${instances} c WHERE c.supplierProjectInstanceId = b.supplierProjectInstanceId
      AND c.projectTaskTemplateId = a.projectTaskTemplateId) ORDER BY b.id LIMIT 1`,
  ),
  swapped(
    instances,
    'projectTaskTemplateId',
    `SELECT p.id FROM ${templates} p WHERE NOT EXISTS (SELECT 1 FROM ${instances} c
      WHERE c.supplierProjectInstanceId = a.supplierProjectInstanceId AND c.projectTaskTemplateId = p.id) ORDER BY p.id LIMIT 1`,
  ),
  change(instances, 'projectTaskTemplateId', `'nobody'`),
  lost(instances),
  extra(
    instances,
    `'cextra'`,
    ['supplierProjectInstanceId', 'projectTaskTemplateId', 'status', 'dueDate', 'isApplied', ...stamps],
    { projectTaskTemplateId: `'nobody'` },
  ),

  ofLegacy(instances, 'status', `'cancelled'`),
  ofLegacy(instances, 'isApplied', '1'),
  ofLegacy(instances, 'actualDueDate', 'dueDate + 1'),
  lost(instances, '1', true),
  ofLegacy(templates, 'dueDate', 'dueDate + 1'),
  lost(templates, 'id NOT IN (SELECT taskTemplateId FROM task_instances_old)', true),

  change(templates, 'dueDate', 'dueDate - 86400000'),
  change(templates, 'isActive', '1 - isActive'),
  change(templates, 'notes', `coalesce(notes, '') || ' '`),
  change(templates, 'owner', `'somebody else'`, 'owner IS NOT NULL'),
  change(templates, 'sectionId', `(SELECT id FROM ${sections} ORDER BY id DESC LIMIT 1)`),
  change(templates, 'taskId', `(SELECT id FROM ${tasks} WHERE instr(id, '~') > 0 ORDER BY id DESC LIMIT 1)`),
  change(templates, 'createdAt', 'createdAt + 1'),
  lost(templates),
  extra(templates, `'cextra'`, ['projectId', 'taskId', 'dueDate', 'isActive', ...stamps], {
    taskId: `'nothing'`,
  }),

  change(tasks, 'name', `name || '.'`),
  change(tasks, 'name', `lower(name)`, `instr(id, '~') > 0`),
  change(tasks, 'description', `coalesce(description, '') || '?'`),
  change(tasks, 'sequence', 'sequence + 1'),
  change(tasks, 'isRequired', '1 - isRequired'),
  change(tasks, 'sectionId', 'NULL'),
  change(tasks, 'taskTypeId', `(SELECT id FROM task_types ORDER BY id DESC LIMIT 1)`),
  change(tasks, 'updatedAt', 'updatedAt + 1'),
  lost(tasks),
  lost(tasks, `instr(id, '~') > 0`),
  extra(tasks, `'cextra'`, ['taskTypeId', 'sectionId', 'name', 'sequence', 'isRequired', ...stamps], {
    name: `'Another'`,
  }),
  extra(tasks, `'cextra~ctwin'`, ['taskTypeId', 'sectionId', 'name', 'sequence', 'isRequired', ...stamps], {
    name: `'Another'`,
  }),

  change(sections, 'name', `name || ' '`),
  change(sections, 'code', `code || '-'`),
  change(sections, 'description', `coalesce(description, '') || '!'`),
  change(sections, 'sequence', 'sequence - 1'),
  change(sections, 'isRequired', '1 - isRequired'),
  change(sections, 'createdAt', 'createdAt - 1'),
  lost(sections),
  extra(sections, `'cextra'`, ['taskTypeId', 'name', 'sequence', 'isRequired', ...stamps], {
    name: `'Another'`,
  }),

  change(pairs, 'isActive', '1 - isActive'),
  lost(pairs),
  extra(pairs, `'cextra~ctype'`, ['projectId', 'taskTypeId', 'isActive', ...stamps], {
    projectId: `'nowhere'`,
  }),
]
