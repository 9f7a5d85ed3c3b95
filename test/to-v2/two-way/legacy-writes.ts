import { sqlConsole } from '../migrated.js'
import { statement, status } from './v1-writes.js'
import type { Write } from './world.js'

/** Any of the three forms of a date. */
const at = (n: number) =>
  [
    1_780_000_000_000 + n * 1000,
    `2026-0${1 + (n % 9)}-1${n % 10} 08:00:00`,
    `2026-0${1 + (n % 9)}-1${n % 10}T08:00:00+02:00`,
  ][n % 3]
const instant = (n: number) => 1_780_000_000_000 + n * 1000

/** Legacy rows for some suppliers and projects, and as good as none of the active model, which comes and goes. */
export function addLegacyRows(path: string): void {
  const db = sqlConsole(path)
  db.pragma('foreign_keys = ON')
  db.exec(`
    DELETE FROM supplier_task_instances WHERE id NOT IN (SELECT id FROM supplier_task_instances ORDER BY id LIMIT 2);
    DELETE FROM supplier_project_instances WHERE rowid % 3 = 0;
    INSERT OR IGNORE INTO supplier_projects_old (id, supplierId, projectId)
      SELECT 'ca' || s.rowid || 'x' || p.rowid, s.id, p.id FROM (SELECT rowid, id FROM suppliers ORDER BY id LIMIT 3) s, projects p;
    INSERT OR IGNORE INTO task_templates_old (id, taskTypeId, projectId, canonicalDue, updatedAt)
      SELECT 'ct' || tt.rowid || 'x' || p.rowid, tt.id, p.id, 1780000000000 + tt.rowid * 86400000, 1780000000000
      FROM task_types tt, projects p WHERE (tt.rowid + p.rowid) % 3 = 0;
    INSERT OR IGNORE INTO task_instances_old (id, supplierProjectId, taskTemplateId, updatedAt)
      SELECT 'ci' || substr(s.id, 3) || 'x' || t.rowid, s.id, t.id, 1780000000000 FROM supplier_projects_old s
      JOIN task_templates_old t ON t.projectId = s.projectId WHERE (s.rowid + t.rowid) % 4 > 0`)
  db.close()
}

/** What a SQL console or the old application writes to the legacy tables. */
export const legacyV1Writes: Record<string, Write> = {
  'write a legacy instance': statement(
    'UPDATE task_instances_old SET status = ?, notes = ?, actualDue = ? WHERE id = ?',
    (pick, a, b) => [status(b), `x${b}`, b % 4 ? at(b) : null, pick('task_instances_old', a)],
  ),
  'complete a legacy instance': statement(
    `UPDATE task_instances_old SET status = 'completed', completedAt = ?, updatedAt = ? WHERE id = ?`,
    (pick, a, b) => [at(b), at(a), pick('task_instances_old', a)],
  ),
  'agree on the planned date of a legacy instance': statement(
    `UPDATE task_instances_old SET actualDue = (SELECT canonicalDue FROM task_templates_old t WHERE t.id = taskTemplateId)
     WHERE id = ? OR id = ?`,
    (pick, a, b) => [pick('task_instances_old', a), pick('task_instances_old', b)],
  ),
  'add a legacy instance': statement(
    'INSERT OR IGNORE INTO task_instances_old (id, supplierProjectId, taskTemplateId, updatedAt) VALUES (?, ?, ?, ?)',
    (pick, a, b) => [`cl${a}x${b}`, pick('supplier_projects_old', a), pick('task_templates_old', b), at(b)],
  ),
  'delete a legacy instance': statement('DELETE FROM task_instances_old WHERE id = ?', (pick, a) => [
    pick('task_instances_old', a),
  ]),
  'replace a legacy instance by another': statement(
    `INSERT OR REPLACE INTO task_instances_old SELECT ?, supplierProjectId, taskTemplateId, 'blocked', NULL, NULL,
     'another', createdAt, updatedAt FROM task_instances_old WHERE id = ?`,
    (pick, a, b) => [`cm${a}x${b}`, pick('task_instances_old', a)],
  ),
  'move a legacy template': statement(
    'UPDATE task_templates_old SET canonicalDue = ?, description = ? WHERE id = ?',
    (pick, a, b) => [at(b), `d${b}`, pick('task_templates_old', a)],
  ),
  'move all legacy templates of a project': statement(
    'UPDATE task_templates_old SET canonicalDue = ? WHERE projectId = ?',
    (pick, a, b) => [at(b), pick('projects', a)],
  ),
  'add a legacy template': statement(
    `INSERT OR IGNORE INTO task_templates_old (id, taskTypeId, projectId, canonicalDue, updatedAt) VALUES (?, ?, ?, ?, ?)`,
    (pick, a, b) => [`cn${a}x${b}`, pick('task_types', a), pick('projects', b), at(a), at(b)],
  ),
  'give a legacy template another task type': statement(
    'UPDATE OR IGNORE task_templates_old SET taskTypeId = ? WHERE id = ?',
    (pick, a, b) => [pick('task_types', b), pick('task_templates_old', a)],
  ),
  'delete a legacy template': statement(
    'DELETE FROM task_templates_old WHERE id = ? AND ? % 2',
    (pick, a, b) => [pick('task_templates_old', a), b],
  ),
  'replace a legacy template by another': statement(
    `INSERT OR REPLACE INTO task_templates_old SELECT ?, taskTypeId, projectId, canonicalDue, 'another', createdAt, updatedAt
     FROM task_templates_old WHERE id = ?`,
    (pick, a, b) => [`co${a}x${b}`, pick('task_templates_old', a)],
  ),
  'add a legacy assignment': statement(
    'INSERT OR IGNORE INTO supplier_projects_old (id, supplierId, projectId, assignedAt) VALUES (?, ?, ?, ?)',
    (pick, a, b) => [`cb${a}x${b}`, pick('suppliers', a), pick('projects', b), at(b)],
  ),
  'give a legacy assignment another supplier': statement(
    'UPDATE OR IGNORE supplier_projects_old SET supplierId = ? WHERE id = ?',
    (pick, a, b) => [pick('suppliers', b), pick('supplier_projects_old', a)],
  ),
  'delete a legacy assignment': statement(
    'DELETE FROM supplier_projects_old WHERE id = ? AND ? % 2',
    (pick, a, b) => [pick('supplier_projects_old', a), b],
  ),
  'take all active instances away': statement('DELETE FROM supplier_task_instances WHERE ? % 2', (_, a) => [
    a,
  ]),
  ...Object.fromEntries(
    ['supplier_projects_old', 'task_templates_old', 'task_instances_old'].map((table) => [
      `change an id of ${table}`,
      statement(`UPDATE OR IGNORE ${table} SET id = id || 'r' WHERE id = ?`, (pick, a) => [pick(table, a)]),
    ]),
  ),
}

const legacyIn = (table: 'template' | 'instance') =>
  table === 'template'
    ? 'v2_project_task_templates WHERE id IN (SELECT id FROM task_templates_old)'
    : 'v2_supplier_task_instances WHERE id IN (SELECT id FROM task_instances_old)'

/** What is written to those rows of v2 that came from the legacy tables. */
export const legacyV2Writes: Record<string, Write> = {
  'write a legacy instance of v2': statement(
    'UPDATE v2_supplier_task_instances SET status = ?, owner = ?, notes = ?, actualDueDate = ? WHERE id = ?',
    (pick, a, b) => [status(b), `o${a}`, `n${b}`, b % 3 ? instant(b) : null, pick(legacyIn('instance'), a)],
  ),
  'take a legacy instance off the list': statement(
    'UPDATE v2_supplier_task_instances SET isApplied = ? WHERE id = ?',
    (pick, a, b) => [b % 2, pick(legacyIn('instance'), a)],
  ),
  'agree on the planned date in v2': statement(
    'UPDATE v2_supplier_task_instances SET actualDueDate = dueDate WHERE id = ?',
    (pick, a) => [pick(legacyIn('instance'), a)],
  ),
  'add a legacy instance in v2': statement(
    `INSERT OR IGNORE INTO v2_supplier_task_instances (id, supplierProjectInstanceId, projectTaskTemplateId, status, dueDate, isApplied, createdAt, updatedAt)
     SELECT ?, a.id, t.id, 'in_progress', ?, 1, 1780000000000, 1780000000000 FROM v2_project_task_templates t
     JOIN supplier_project_instances a ON a.projectId = t.projectId WHERE t.id = ? ORDER BY a.id LIMIT 1`,
    (pick, a, b) => [`dl${a}x${b}`, instant(b), pick(legacyIn('template'), a)],
  ),
  'delete a legacy instance in v2': statement(
    'DELETE FROM v2_supplier_task_instances WHERE id = ?',
    (pick, a) => [pick(legacyIn('instance'), a)],
  ),
  'replace a legacy instance in v2': statement(
    `INSERT OR REPLACE INTO v2_supplier_task_instances (id, supplierProjectInstanceId, projectTaskTemplateId, status,
       dueDate, isApplied, createdAt, updatedAt)
     SELECT ?, supplierProjectInstanceId, projectTaskTemplateId, status, dueDate, isApplied, createdAt, updatedAt
     FROM v2_supplier_task_instances WHERE id = ?`,
    (pick, a, b) => [`dm${a}x${b}`, pick(legacyIn('instance'), a)],
  ),
  'move a legacy template in v2': statement(
    'UPDATE v2_project_task_templates SET dueDate = ?, notes = ?, owner = ? WHERE id = ?',
    (pick, a, b) => [instant(b), `n${a}`, `o${b}`, pick(legacyIn('template'), a)],
  ),
  'add a legacy template in v2': statement(
    `INSERT OR IGNORE INTO v2_project_task_templates (id, projectId, taskId, dueDate, isActive, createdAt, updatedAt)
     SELECT ?, ?, place.taskId, ?, 1, 1780000000000, 1780000000000 FROM legacy_places place WHERE place.taskId = ?`,
    (pick, a, b) => [
      `dn${a}x${b}`,
      pick('projects', b),
      instant(a),
      pick('v2_tasks WHERE id IN (SELECT taskId FROM legacy_places)', a),
    ],
  ),
  'delete a legacy template in v2': statement(
    'DELETE FROM v2_project_task_templates WHERE id = ? AND ? % 2',
    (pick, a, b) => [pick(legacyIn('template'), a), b],
  ),
  'change a legacy task': statement(
    'UPDATE OR IGNORE v2_tasks SET name = ?, description = ? WHERE id = ?',
    (pick, a, b) => [
      `L${b % 3}`,
      `d${b}`,
      pick('v2_tasks WHERE id IN (SELECT taskId FROM legacy_places)', a),
    ],
  ),
  'rename a legacy section': statement(
    'UPDATE OR IGNORE v2_task_type_sections SET name = ?, code = ? WHERE id = ?',
    (pick, a, b) => [
      ['Legacy', 'Alpha', 'Beta'][b % 3],
      `L${b}`,
      pick('v2_task_type_sections WHERE id IN (SELECT sectionId FROM legacy_places)', a),
    ],
  ),
  'call a milestone Legacy': statement(
    `UPDATE OR IGNORE milestones SET name = 'Legacy' WHERE id = ?`,
    (pick, a) => [pick('milestones', a)],
  ),
  'change an id of a legacy row in v2': statement(
    `UPDATE OR IGNORE v2_supplier_task_instances SET id = id || 's' WHERE id = ?`,
    (pick, a) => [pick(legacyIn('instance'), a)],
  ),
}
