import type { Write } from './world.js'
import { code, name, statement, status } from './v1-writes.js'

const at = (n: number) => 1_780_000_000_000 + n * 1000

const anyTask = (world: Parameters<Write>[0], n: number) => {
  const id = world.pick('v2_tasks', n)
  const row = world.prepare('SELECT taskTypeId, sectionId, parentTaskId FROM v2_tasks WHERE id = ?').get(id)
  return {
    id,
    ...(row as { taskTypeId: string; sectionId: string | null; parentTaskId: string | null } | undefined),
  }
}

/** What a SQL console writes to v2's tables. */
export const v2Writes: Record<string, Write> = {
  'rename a section': statement(
    'UPDATE OR IGNORE v2_task_type_sections SET name = ? WHERE id = ?',
    (pick, a, b) => [name(b), pick('v2_task_type_sections', a)],
  ),
  'recode a section': statement('UPDATE v2_task_type_sections SET code = ? WHERE id = ?', (pick, a, b) => [
    b % 4 === 0 ? null : code(b),
    pick('v2_task_type_sections', a),
  ]),
  'change a section otherwise': statement(
    'UPDATE v2_task_type_sections SET sequence = ?, description = ? WHERE id = ?',
    (pick, a, b) => [b, `described ${b}`, pick('v2_task_type_sections', a)],
  ),
  'move a section': statement(
    'UPDATE OR IGNORE v2_task_type_sections SET taskTypeId = ? WHERE id = ?',
    (pick, a, b) => [pick('task_types', b), pick('v2_task_type_sections', a)],
  ),
  'add a section': statement(
    'INSERT OR IGNORE INTO v2_task_type_sections VALUES (?, ?, ?, ?, NULL, ?, 1, ?, ?)',
    (pick, a, b) => [`ds${a}x${b}`, pick('task_types', a), b % 3 ? code(b) : null, name(a), a, at(a), at(b)],
  ),
  'delete a section': statement(
    'DELETE FROM v2_task_type_sections WHERE id = ? AND ? % 6 = 0',
    (pick, a, b) => [pick('v2_task_type_sections', a), b],
  ),
  'rename a v2 task': statement('UPDATE OR IGNORE v2_tasks SET name = ? WHERE id = ?', (pick, a, b) => [
    name(b),
    pick('v2_tasks', a),
  ]),
  'change a v2 task otherwise': statement(
    'UPDATE v2_tasks SET description = ?, defaultOwner = ?, defaultNotes = ?, isRequired = ? WHERE id = ?',
    (pick, a, b) => [`e${b}`, `owner ${b}`, `notes ${a}`, b % 2, pick('v2_tasks', a)],
  ),
  'move a v2 task': (world, a, b) => {
    const task = anyTask(world, a)
    const section = world.pick('v2_task_type_sections', b)
    world
      .prepare('UPDATE OR IGNORE v2_tasks SET sectionId = ? WHERE id = ? AND parentTaskId IS NULL')
      .run(b % 5 === 0 ? null : section, task.id)
  },
  'add a v2 task': (world, a, b) => {
    const section = world
      .prepare('SELECT id, taskTypeId FROM v2_task_type_sections WHERE id = ?')
      .get(world.pick('v2_task_type_sections', a)) as { id: string; taskTypeId: string } | undefined
    if (section === undefined) return
    world
      .prepare('INSERT OR IGNORE INTO v2_tasks VALUES (?, ?, ?, NULL, ?, NULL, ?, ?, NULL, 1, ?, ?)')
      .run(
        `dt${a}x${b}`,
        section.taskTypeId,
        b % 3 ? section.id : null,
        name(b),
        a,
        `owner ${a}`,
        at(a),
        at(b),
      )
  },
  'add a sub-task': (world, a, b) => {
    const { id, taskTypeId, sectionId, parentTaskId } = anyTask(world, a)
    if (taskTypeId === undefined || parentTaskId !== null) return
    world
      .prepare('INSERT OR IGNORE INTO v2_tasks VALUES (?, ?, ?, ?, ?, NULL, ?, NULL, ?, 1, ?, ?)')
      .run(`du${a}x${b}`, taskTypeId, sectionId, id, name(b), a, `notes ${b}`, at(a), at(b))
  },
  'put a task under another': (world, a, b) => {
    const task = anyTask(world, a)
    const parent = anyTask(world, b)
    const isParent = world.prepare('SELECT 1 FROM v2_tasks WHERE parentTaskId = ?').get(task.id) !== undefined
    if (parent.parentTaskId !== null || isParent || parent.id === task.id) return
    if (parent.taskTypeId === undefined || parent.taskTypeId !== task.taskTypeId) return
    world
      .prepare('UPDATE OR IGNORE v2_tasks SET parentTaskId = ?, sectionId = ? WHERE id = ?')
      .run(parent.id, parent.sectionId, task.id)
  },
  'make a sub-task a task': statement(
    'UPDATE OR IGNORE v2_tasks SET parentTaskId = NULL WHERE id = ?',
    (pick, a) => [pick('v2_tasks WHERE parentTaskId IS NOT NULL', a)],
  ),
  'delete a v2 task': statement('DELETE FROM v2_tasks WHERE id = ? AND ? % 3 = 0', (pick, a, b) => [
    pick('v2_tasks', a),
    b,
  ]),
  'add a v2 template': statement(
    `INSERT OR IGNORE INTO v2_project_task_templates VALUES (?, ?, ?, NULL, ?, ?, ?, 1, 'project_start', ?, ?, ?)`,
    (pick, a, b) => [
      `dp${a}x${b}`,
      pick('projects', a),
      pick('v2_tasks', b),
      at(b),
      `owner ${a}`,
      `notes ${b}`,
      b % 30,
      at(a),
      at(b),
    ],
  ),
  'give a v2 template another task': statement(
    'UPDATE OR IGNORE v2_project_task_templates SET taskId = ? WHERE id = ?',
    // v1 cannot show it of a legacy template: legacy.spec.ts has what becomes of that.
    (pick, a, b) => [
      pick('v2_tasks', b),
      pick('v2_project_task_templates WHERE id NOT IN (SELECT id FROM task_templates_old)', a),
    ],
  ),
  'switch a v2 template': statement(
    'UPDATE v2_project_task_templates SET isActive = ?, owner = ?, offsetDays = ? WHERE id = ?',
    (pick, a, b) => [b % 2, `owner ${b}`, b % 9, pick('v2_project_task_templates', a)],
  ),
  'move the v2 due dates of a project': statement(
    'UPDATE v2_project_task_templates SET dueDate = dueDate + ? WHERE projectId = ?',
    (pick, a, b) => [b * 86_400_000, pick('projects', a)],
  ),
  'delete a v2 template': statement('DELETE FROM v2_project_task_templates WHERE id = ?', (pick, a) => [
    pick('v2_project_task_templates', a),
  ]),
  'replace a v2 template by another': statement(
    `INSERT OR REPLACE INTO v2_project_task_templates SELECT ?, projectId, taskId, sectionId, dueDate, owner, notes,
     isActive, anchor, offsetDays, createdAt, updatedAt FROM v2_project_task_templates WHERE id = ?`,
    (pick, a, b) => [`dq${a}x${b}`, pick('v2_project_task_templates', a)],
  ),
  'replace a section by another': statement(
    `INSERT OR REPLACE INTO v2_task_type_sections SELECT ?, taskTypeId, code, name, description, sequence, isRequired,
     createdAt, updatedAt FROM v2_task_type_sections WHERE id = ? AND ? % 3 = 0`,
    (pick, a, b) => [`dr${a}x${b}`, pick('v2_task_type_sections', a), b],
  ),
  'replace a v2 task by another': statement(
    `INSERT OR REPLACE INTO v2_tasks SELECT ?, taskTypeId, sectionId, parentTaskId, name, description, sequence,
     defaultOwner, defaultNotes, isRequired, createdAt, updatedAt FROM v2_tasks WHERE id = ? AND ? % 2 = 0`,
    (pick, a, b) => [`dv${a}x${b}`, pick('v2_tasks', a), b],
  ),
  'write a v2 instance': statement(
    `UPDATE v2_supplier_task_instances SET status = ?, blockedReason = ?, owner = ?, actualDueDate = ? WHERE id = ?`,
    (pick, a, b) => [
      status(b),
      status(b) === 'blocked' ? `since ${a}` : null,
      `owner ${b}`,
      b % 2 ? at(b) : null,
      pick('v2_supplier_task_instances', a),
    ],
  ),
  'hand a v2 instance in': statement(
    'UPDATE v2_supplier_task_instances SET submissionFiles = ?, completedAt = ?, isApplied = ? WHERE id = ?',
    (pick, a, b) => [`[{"name":"f${b}"}]`, at(a), b % 2, pick('v2_supplier_task_instances', a)],
  ),
  'delete a v2 instance': statement('DELETE FROM v2_supplier_task_instances WHERE id = ?', (pick, a) => [
    pick('v2_supplier_task_instances', a),
  ]),
  'replace a v2 instance by another': statement(
    `INSERT OR REPLACE INTO v2_supplier_task_instances (id, supplierProjectInstanceId, projectTaskTemplateId, status,
       dueDate, isApplied, createdAt, updatedAt)
     SELECT ?, supplierProjectInstanceId, projectTaskTemplateId, status, dueDate, 1, createdAt, updatedAt
     FROM v2_supplier_task_instances WHERE id = ?`,
    (pick, a, b) => [`di${a}x${b}`, pick('v2_supplier_task_instances', a)],
  ),
  'attach a task type': statement(
    'INSERT OR IGNORE INTO v2_project_task_types VALUES (?, ?, ?, 1, ?, ?)',
    (pick, a, b) => [`dx${a}x${b}`, pick('projects', a), pick('task_types', b), at(a), at(b)],
  ),
  'switch a task type of a project': statement(
    'UPDATE v2_project_task_types SET isActive = ? WHERE id = ?',
    (pick, a, b) => [b % 2, pick('v2_project_task_types', a)],
  ),
  'detach a task type': statement(
    'DELETE FROM v2_project_task_types WHERE id = ? AND ? % 3 = 0',
    (pick, a, b) => [pick('v2_project_task_types', a), b],
  ),
  ...Object.fromEntries(
    ['v2_task_type_sections', 'v2_tasks', 'v2_project_task_templates', 'v2_supplier_task_instances'].map(
      (table) => [
        `change an id of ${table}`,
        statement(`UPDATE OR IGNORE ${table} SET id = id || 's' WHERE id = ?`, (pick, a) => [pick(table, a)]),
      ],
    ),
  ),
}
