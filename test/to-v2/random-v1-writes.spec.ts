import fc from 'fast-check'
import t from 'tap'
import type { Handle } from '../../src/db/database.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'

/** A statement on v1's tables, made of small numbers: which rows, which values. */
type Write = (pick: (table: string, n: number) => string, a: number, b: number) => string

const at = (n: number) =>
  n % 3 === 0 ? `'2026-0${1 + (n % 9)}-1${n % 10} 08:00:00'` : String(1_780_000_000_000 + n * 1000)
const names = ['Alpha', 'Beta', 'Gamma', 'Drawing Approval']
const codes = ['PA2', 'PA-2', 'pa 2', 'NMR1', 'X1', 'X2']

const writes: Record<string, Write> = {
  'rename a milestone': (pick, a, b) =>
    `UPDATE OR IGNORE milestones SET name = '${names[b % 4]}' WHERE id = '${pick('milestones', a)}'`,
  'recode a milestone': (pick, a, b) =>
    `UPDATE OR IGNORE milestones SET code = '${codes[b % 6]}' WHERE id = '${pick('milestones', a)}'`,
  'move a milestone': (pick, a, b) =>
    `UPDATE OR IGNORE milestones SET taskTypeId = '${pick('task_types', b)}' WHERE id = '${pick('milestones', a)}'`,
  'swap codes': (pick, a, b) =>
    `UPDATE milestones SET code = code || '${b % 2 ? '-' : '_'}' WHERE id IN ('${pick('milestones', a)}', '${pick('milestones', b)}')`,
  'add a milestone': (pick, a, b) =>
    `INSERT OR IGNORE INTO milestones VALUES ('cm${a}x${b}', '${pick('task_types', a)}', '${codes[b % 6]}', '${names[a % 4]}', NULL, ${a}, 1, ${at(a)}, ${at(b)})`,
  'delete a milestone': (pick, a, b) =>
    b % 4 === 0 ? `DELETE FROM milestones WHERE id = '${pick('milestones', a)}'` : '',
  'rename a task type': (pick, a, b) =>
    `UPDATE OR IGNORE task_types SET category = 'C${b % 3}' WHERE id = '${pick('task_types', a)}'`,
  'rename a task': (pick, a, b) =>
    `UPDATE OR IGNORE tasks SET name = '${names[b % 4]}', description = 'd${b}' WHERE id = '${pick('tasks', a)}'`,
  'move a task': (pick, a, b) =>
    `UPDATE OR IGNORE tasks SET milestoneId = '${pick('milestones', b)}' WHERE id = '${pick('tasks', a)}'`,
  'add a task': (pick, a, b) =>
    `INSERT OR IGNORE INTO tasks VALUES ('ct${a}x${b}', '${pick('milestones', a)}', '${names[b % 4]}', NULL, 1, 'true', ${at(a)}, ${at(b)})`,
  'delete a task': (pick, a, b) => (b % 3 === 0 ? `DELETE FROM tasks WHERE id = '${pick('tasks', a)}'` : ''),
  'add a template': (pick, a, b) =>
    `INSERT OR IGNORE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt)
     VALUES ('cp${a}x${b}', '${pick('projects', a)}', '${pick('milestones', b)}', '${pick('tasks', a + b)}', ${at(a)}, ${at(b)}, ${at(a)})`,
  'refile a template': (pick, a, b) =>
    `UPDATE OR IGNORE project_milestone_tasks SET milestoneId = '${pick('milestones', b)}' WHERE id = '${pick('project_milestone_tasks', a)}'`,
  'give templates another task': (pick, a, b) =>
    `UPDATE OR IGNORE project_milestone_tasks SET taskId = '${pick('tasks', b)}' WHERE id = '${pick('project_milestone_tasks', a)}'`,
  'switch a template': (pick, a, b) =>
    `UPDATE project_milestone_tasks SET isActive = ${b % 2}, notes = 'n${b}' WHERE id = '${pick('project_milestone_tasks', a)}'`,
  'move due dates': (pick, a, b) =>
    `UPDATE project_milestone_tasks SET dueDate = ${at(b)} WHERE projectId = '${pick('projects', a)}'`,
  'delete a template': (pick, a) =>
    `DELETE FROM project_milestone_tasks WHERE id = '${pick('project_milestone_tasks', a)}'`,
  'write an instance': (pick, a, b) =>
    `UPDATE supplier_task_instances SET status = 'blocked', notes = 'x${b}', actualDueDate = ${at(b)} WHERE id = '${pick('supplier_task_instances', a)}'`,
  'delete an instance': (pick, a) =>
    `DELETE FROM supplier_task_instances WHERE id = '${pick('supplier_task_instances', a)}'`,
  'replace an instance': (pick, a) =>
    `INSERT OR REPLACE INTO supplier_task_instances SELECT id, supplierProjectInstanceId, projectMilestoneTaskId, 'completed', dueDate, NULL, 'FALSE', dueDate, 'replaced', NULL, createdAt, updatedAt FROM supplier_task_instances WHERE id = '${pick('supplier_task_instances', a)}'`,
  'change an id': (pick, a, b) => {
    const table =
      ['milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances', 'projects'][b % 5] ?? ''
    return `UPDATE OR IGNORE ${table} SET id = id || 'r' WHERE id = '${pick(table, a)}'`
  },
  'delete a project': (pick, a, b) =>
    b % 10 === 0 ? `DELETE FROM projects WHERE id = '${pick('projects', a)}'` : '',
  'delete a supplier': (pick, a) => `DELETE FROM suppliers WHERE id = '${pick('suppliers', a)}'`,
}

Object.assign(writes, {
  'replace an instance by another': (pick, a, b) =>
    `INSERT OR REPLACE INTO supplier_task_instances SELECT 'ci${a}x${b}', supplierProjectInstanceId, projectMilestoneTaskId, 'blocked', dueDate, NULL, 1, NULL, 'another', NULL, createdAt, updatedAt FROM supplier_task_instances WHERE id = '${pick('supplier_task_instances', a)}'`,
  'replace a template by another': (pick, a, b) =>
    `INSERT OR REPLACE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt)
     SELECT 'cq${a}x${b}', projectId, milestoneId, taskId, dueDate, createdAt, updatedAt FROM project_milestone_tasks WHERE id = '${pick('project_milestone_tasks', a)}'`,
  'replace a task by another': (pick, a, b) =>
    `INSERT OR REPLACE INTO tasks (id, milestoneId, name, sequence, createdAt, updatedAt)
     SELECT 'cu${a}x${b}', milestoneId, name, sequence, createdAt, updatedAt FROM tasks WHERE id = '${pick('tasks', a)}'`,
  'replace a milestone by another': (pick, a, b) =>
    b % 3 === 0 ? `UPDATE OR REPLACE milestones SET code = 'PA2' WHERE id = '${pick('milestones', a)}'` : '',
} satisfies Record<string, Write>)

const kinds = Object.keys(writes)

function picker(db: Handle) {
  return (table: string, n: number) => {
    const ids = db.prepare(`SELECT id FROM ${table} ORDER BY id`).pluck().all() as string[]
    return ids[n % Math.max(ids.length, 1)] ?? 'none'
  }
}

t.test('v1 writes of any program', async (t) => {
  t.setTimeout(600_000)
  const base = await adoptedFile(t, 60)
  t.equal((await runHere(base, 'migrate')).state, 'succeeded')

  t.test('are in v2 after every sequence, whatever the order', async (t) => {
    let effective = 0
    let statements = 0
    const sequence = fc.array(fc.tuple(fc.nat(kinds.length - 1), fc.nat(999), fc.nat(999)), {
      minLength: 10,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(sequence, fc.boolean(), async (steps, recursive) => {
        const path = copyOf(t, base)
        const db = sqlConsole(path)
        db.pragma('foreign_keys = ON')
        db.pragma(`recursive_triggers = ${recursive ? 'ON' : 'OFF'}`)
        const log: string[] = []
        for (const [kind, a, b] of steps) {
          const sql = writes[kinds[kind] ?? '']?.(picker(db), a, b) ?? ''
          if (sql === '') continue
          log.push(sql)
          statements++
          const before = db.prepare('SELECT total_changes()').pluck().get()
          try {
            db.exec(sql)
          } catch (error) {
            throw new Error(`${sql}: ${String(error)}\n${log.join(';\n')}`)
          }
          if (db.prepare('SELECT total_changes()').pluck().get() !== before) effective++
        }
        db.close()
        const { report, error } = await runHere(path, 'validate')
        const failed = report?.checks.filter(({ status }) => status === 'failed') ?? []
        if (failed.length > 0 || error !== null)
          throw new Error(`${JSON.stringify(failed, null, 1)}${JSON.stringify(error)}\n${log.join(';\n')}`)
      }),
      {
        numRuns: Number(process.env.RUNS ?? 40),
        ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}),
      },
    )
    t.comment(`${effective} of ${statements} statements had an effect`)
    t.ok(effective >= statements * 0.6)
  })
})
