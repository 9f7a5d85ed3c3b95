import { columns, nth, over, references } from './awkward-values.js'
import type { Write } from './world.js'

/** Foreign keys are off for this write alone. */
const carelessly =
  (write: (world: Parameters<Write>[0], a: number, b: number) => void): Write =>
  (world, a, b) => {
    world.console.pragma('foreign_keys = OFF')
    try {
      write(world, a, b)
    } finally {
      world.console.pragma('foreign_keys = ON')
    }
  }

const spoilValue = (table: string): Record<string, Write> => {
  const spoilt = columns[table]
  if (spoilt === undefined) return {}
  return {
    [`spoil a value of ${table}`]: ({ prepare, pick }, a, b) => {
      const [column, [bad]] = nth(Object.entries(spoilt), b) ?? ['id', [[]]]
      prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`).run(nth(bad, a + b), pick(table, a))
    },
  }
}

const orphan = (table: string): Record<string, Write> => ({
  [`orphan one of ${table}`]: carelessly(({ prepare, pick }, a, b) => {
    const column = nth(Object.keys(references[table] ?? {}), b) ?? ''
    const nowhere = b % 4 === 0 ? null : b % 2 ? 'nowhere' : `nowhere${b % 7}`
    prepare(`UPDATE OR IGNORE ${table} SET ${column} = ? WHERE id = ?`).run(nowhere, pick(table, a))
  }),
})

const leaveChildren = (table: string): Record<string, Write> => ({
  [`delete one of ${table} without its children`]: carelessly(({ prepare, pick }, a, b) => {
    if (b % 5 === 0) prepare(`DELETE FROM ${table} WHERE id = ?`).run(pick(table, a))
  }),
})

const addUnfit: Record<string, Write> = {
  'add a template that does not fit': ({ prepare, pick }, a, b) => {
    const milestone = pick('milestones', b)
    prepare(
      `INSERT OR IGNORE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, isActive, createdAt, updatedAt)
         VALUES (?, ?, ?, ?, ?, 1, ?, 1780000000000)`,
    ).run(
      `cb${a}x${b}`,
      pick('projects', a),
      milestone,
      pick('tasks', b),
      b % 2 ? 'soon' : 1_781_000_000_000,
      'then',
    )
  },
  'add an instance that does not fit': ({ prepare, pick }, a, b) => {
    prepare(
      `INSERT OR IGNORE INTO supplier_task_instances (id, supplierProjectInstanceId, projectMilestoneTaskId, status,
           dueDate, isApplied, createdAt, updatedAt) VALUES (?, ?, ?, 'lost', 1781000000000, 1, 1780000000000, 1780000000000)`,
    ).run(`cc${a}x${b}`, pick('supplier_project_instances', a), pick('project_milestone_tasks', b))
  },
}

export const spoilingWrites: Record<string, Write> = {
  ...over(spoilValue),
  ...over(orphan),
  ...over(leaveChildren),
  ...leaveChildren('suppliers'),
  ...addUnfit,
}
