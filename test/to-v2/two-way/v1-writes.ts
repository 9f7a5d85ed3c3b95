import type { Write } from './world.js'

/** Any of the three forms of a date. */
const at = (n: number) =>
  [
    1_780_000_000_000 + n * 1000,
    `2026-0${1 + (n % 9)}-1${n % 10} 08:00:00`,
    `2026-0${1 + (n % 9)}-1${n % 10}T08:00:00+02:00`,
  ][n % 3]
export const names = ['Alpha', 'Beta', 'Gamma', 'Drawing Approval']
export const name = (n: number) => names[n % names.length]
const codes = ['PA2', 'PA-2', 'pa 2', 'NMR1', 'X1', 'X2']
export const code = (n: number) => codes[n % codes.length]
const statuses = ['not_started', 'in_progress', 'completed', 'blocked', 'cancelled']
export const status = (n: number) => statuses[n % statuses.length]

/** SQLite compiles all triggers anew for each conflict rule: one write in four is enough to see that it holds. */
const ignoring = (sql: string, n: number) => (n % 4 === 0 ? sql : sql.replace(' OR IGNORE', ''))

/** A statement and its values, which are numbers of rows or words chosen from the two numbers. */
export const statement =
  (
    sql: string,
    values: (pick: (table: string, n: number) => string, a: number, b: number) => unknown[],
  ): Write =>
  (world, a, b) =>
    void world.prepare(ignoring(sql, a + b)).run(...values(world.pick, a, b))

/** One that would want a twin which v2 has changed does not fit: there is none of those where all rows have to. */
const refile =
  (column: 'milestoneId' | 'taskId', parents: string): Write =>
  ({ isAwkward, pick, prepare }, a, b) => {
    const twin = column === 'taskId' ? `@to || '~' || milestoneId` : `taskId || '~' || @to`
    const fits = isAwkward ? '' : `AND NOT EXISTS (SELECT 1 FROM tasks settled WHERE settled.id = ${twin})`
    const sql = `UPDATE OR IGNORE project_milestone_tasks SET ${column} = @to WHERE id = @id ${fits}`
    prepare(ignoring(sql, a + b)).run({ to: pick(parents, b), id: pick('project_milestone_tasks', a) })
  }

/** Only every so many times: what deletes much would leave nothing for the others. */
const rarely =
  (every: number, write: Write): Write =>
  (world, a, b) =>
    b % every === 0 ? write(world, a, b) : undefined

/** What a SQL console or the old application writes to v1's tables. */
export const v1Writes: Record<string, Write> = {
  'rename a milestone': statement('UPDATE OR IGNORE milestones SET name = ? WHERE id = ?', (pick, a, b) => [
    name(b),
    pick('milestones', a),
  ]),
  'recode a milestone': statement('UPDATE OR IGNORE milestones SET code = ? WHERE id = ?', (pick, a, b) => [
    code(b),
    pick('milestones', a),
  ]),
  'change a milestone otherwise': statement(
    'UPDATE milestones SET sequence = ?, isRequired = ?, updatedAt = ? WHERE id = ?',
    (pick, a, b) => [b, b % 2 ? 'TRUE' : 0, at(b), pick('milestones', a)],
  ),
  'move a milestone': statement(
    'UPDATE OR IGNORE milestones SET taskTypeId = ? WHERE id = ?',
    (pick, a, b) => [pick('task_types', b), pick('milestones', a)],
  ),
  'change two codes at once': statement(
    `UPDATE milestones SET code = code || ? WHERE id IN (?, ?)`,
    (pick, a, b) => [b % 2 ? '-' : '_', pick('milestones', a), pick('milestones', b)],
  ),
  'add a milestone': statement(
    'INSERT OR IGNORE INTO milestones VALUES (?, ?, ?, ?, NULL, ?, 1, ?, ?)',
    (pick, a, b) => [`cm${a}x${b}`, pick('task_types', a), code(b), name(a), a, at(a), at(b)],
  ),
  'delete a milestone': rarely(
    4,
    statement('DELETE FROM milestones WHERE id = ?', (pick, a) => [pick('milestones', a)]),
  ),
  'recategorise a task type': statement('UPDATE task_types SET category = ? WHERE id = ?', (pick, a, b) => [
    `C${b % 3}`,
    pick('task_types', a),
  ]),
  'rename a task': statement(
    'UPDATE OR IGNORE tasks SET name = ?, description = ? WHERE id = ?',
    (pick, a, b) => [name(b), `d${b}`, pick('tasks', a)],
  ),
  'move a task': statement('UPDATE OR IGNORE tasks SET milestoneId = ? WHERE id = ?', (pick, a, b) => [
    pick('milestones', b),
    pick('tasks', a),
  ]),
  'add a task': statement('INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, NULL, 1, ?, ?, ?)', (pick, a, b) => [
    `ct${a}x${b}`,
    pick('milestones', a),
    name(b),
    'true',
    at(a),
    at(b),
  ]),
  'delete a task': rarely(
    3,
    statement('DELETE FROM tasks WHERE id = ?', (pick, a) => [pick('tasks', a)]),
  ),
  'add a template': statement(
    `INSERT OR IGNORE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    (pick, a, b) => [
      `cp${a}x${b}`,
      pick('projects', a),
      pick('milestones', b),
      pick('tasks', a + b),
      at(a),
      at(b),
      at(a),
    ],
  ),
  'file a template elsewhere': refile('milestoneId', 'milestones'),
  'give a template another task': refile('taskId', 'tasks'),
  'switch a template': statement(
    'UPDATE project_milestone_tasks SET isActive = ?, notes = ? WHERE id = ?',
    (pick, a, b) => [b % 2, `n${b}`, pick('project_milestone_tasks', a)],
  ),
  'move the due dates of a project': statement(
    'UPDATE project_milestone_tasks SET dueDate = ? WHERE projectId = ?',
    (pick, a, b) => [at(b), pick('projects', a)],
  ),
  'delete a template': statement('DELETE FROM project_milestone_tasks WHERE id = ?', (pick, a) => [
    pick('project_milestone_tasks', a),
  ]),
  'write an instance': statement(
    'UPDATE supplier_task_instances SET status = ?, notes = ?, actualDueDate = ? WHERE id = ?',
    (pick, a, b) => [status(b), `x${b}`, at(b), pick('supplier_task_instances', a)],
  ),
  'note something on an instance': statement(
    'UPDATE supplier_task_instances SET notes = ? WHERE id = ?',
    (pick, a, b) => [`note ${b}`, pick('supplier_task_instances', a)],
  ),
  'delete an instance': statement('DELETE FROM supplier_task_instances WHERE id = ?', (pick, a) => [
    pick('supplier_task_instances', a),
  ]),
  'replace an instance': statement(
    `INSERT OR REPLACE INTO supplier_task_instances SELECT id, supplierProjectInstanceId, projectMilestoneTaskId,
     'completed', dueDate, NULL, 'FALSE', dueDate, 'replaced', NULL, createdAt, updatedAt FROM supplier_task_instances WHERE id = ?`,
    (pick, a) => [pick('supplier_task_instances', a)],
  ),
  'replace an instance by another': statement(
    `INSERT OR REPLACE INTO supplier_task_instances SELECT ?, supplierProjectInstanceId, projectMilestoneTaskId,
     'blocked', dueDate, NULL, 1, NULL, 'another', NULL, createdAt, updatedAt FROM supplier_task_instances WHERE id = ?`,
    (pick, a, b) => [`ci${a}x${b}`, pick('supplier_task_instances', a)],
  ),
  'replace a template by another': statement(
    `INSERT OR REPLACE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt)
     SELECT ?, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt FROM project_milestone_tasks WHERE id = ?`,
    (pick, a, b) => [`cq${a}x${b}`, pick('project_milestone_tasks', a)],
  ),
  'replace a task by another': rarely(
    2,
    statement(
      `INSERT OR REPLACE INTO tasks (id, milestoneId, name, sequence, createdAt, updatedAt)
       SELECT ?, milestoneId, name, sequence, createdAt, updatedAt FROM tasks WHERE id = ?`,
      (pick, a, b) => [`cu${a}x${b}`, pick('tasks', a)],
    ),
  ),
  'replace a milestone by another': rarely(
    4,
    statement(`UPDATE OR REPLACE milestones SET code = 'PA2' WHERE id = ?`, (pick, a) => [
      pick('milestones', a),
    ]),
  ),
  ...Object.fromEntries(
    ['milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances'].map((table) => [
      `change an id of ${table}`,
      statement(`UPDATE OR IGNORE ${table} SET id = id || 'r' WHERE id = ?`, (pick, a) => [pick(table, a)]),
    ]),
  ),
}

/** What anybody writes to the tables that both versions share. */
export const sharedWrites: Record<string, Write> = {
  'delete a project': rarely(
    10,
    statement('DELETE FROM projects WHERE id = ?', (pick, a) => [pick('projects', a)]),
  ),
  'delete a task type': rarely(
    25,
    statement('DELETE FROM task_types WHERE id = ?', (pick, a) => [pick('task_types', a)]),
  ),
  'delete a supplier': rarely(
    3,
    statement('DELETE FROM suppliers WHERE id = ?', (pick, a) => [pick('suppliers', a)]),
  ),
  'delete an assignment': rarely(
    3,
    statement('DELETE FROM supplier_project_instances WHERE id = ?', (pick, a) => [
      pick('supplier_project_instances', a),
    ]),
  ),
  'change the id of a project': statement(
    `UPDATE OR IGNORE projects SET id = id || 'r' WHERE id = ?`,
    (pick, a) => [pick('projects', a)],
  ),
  'change the id of a task type': statement(
    `UPDATE OR IGNORE task_types SET id = id || 'r' WHERE id = ?`,
    (pick, a) => [pick('task_types', a)],
  ),
}
