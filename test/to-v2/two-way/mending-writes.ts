import { columns, nth, over, references } from './awkward-values.js'
import type { Write } from './world.js'

/** Every value of a row that has one that does not fit becomes one that does. */
const mendValues = (table: string): Record<string, Write> => {
  const mended = Object.entries(columns[table] ?? {})
  if (mended.length === 0) return {}
  const isSpoilt = mended.flatMap(([column, [bad]]) =>
    bad.map(
      (value) =>
        `${column} IS ${typeof value === 'number' ? value : value === null ? 'NULL' : literal(value)}`,
    ),
  )
  return {
    [`mend the values of one of ${table}`]: ({ prepare, pick }, a, b) => {
      const id = pick(`${table} WHERE ${isSpoilt.join(' OR ')}`, a)
      for (const [column, [bad, good]] of mended) {
        const value = typeof good === 'string' && /^(M1|Mended)$/.test(good) ? `${good} ${a} ${b}` : good
        prepare(
          `UPDATE ${table} SET ${column} = ? WHERE id = ? AND ${column} IN (SELECT value FROM json_each(?)) OR id = ? AND (${column} IS NULL OR typeof(${column}) = 'blob')`,
        ).run(value, id, JSON.stringify(bad.filter((one) => !Buffer.isBuffer(one))), id)
      }
    },
  }
}

const literal = (value: string | Buffer) =>
  Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : `'${value}'`

const mendReferences = (table: string): Record<string, Write> => ({
  [`give one of ${table} a parent again`]: ({ prepare, pick }, a, b) => {
    for (const [column, parent] of Object.entries(references[table] ?? {})) {
      const isOrphan = `NOT EXISTS (SELECT 1 FROM ${parent} parent WHERE parent.id = ${table}.${column})`
      prepare(`UPDATE OR IGNORE ${table} SET ${column} = ? WHERE id = ? AND ${isOrphan}`).run(
        pick(parent, b),
        pick(`${table} WHERE ${isOrphan}`, a),
      )
    }
  },
})

const bringParentBack: Record<string, Write> = {
  'bring a milestone back': ({ prepare, pick }, a, b) =>
    void prepare(
      `INSERT OR IGNORE INTO milestones (id, taskTypeId, code, name, sequence, isRequired, createdAt, updatedAt)
         VALUES (?, ?, ?, ?, 1, 1, 1780000000000, 1780000000000)`,
    ).run(
      pickMissing(prepare, 'tasks', 'milestoneId', 'milestones', a),
      pick('task_types', b),
      `B${a}`,
      `Back ${b}`,
    ),
  'bring a template back': ({ prepare, pick }, a, b) =>
    void prepare(
      `INSERT OR IGNORE INTO project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, isActive, createdAt, updatedAt)
         SELECT ?, ?, milestoneId, id, 1781000000000, 1, 1780000000000, 1780000000000 FROM tasks WHERE id = ?`,
    ).run(
      pickMissing(prepare, 'supplier_task_instances', 'projectMilestoneTaskId', 'project_milestone_tasks', a),
      pick('projects', b),
      pick('tasks', a),
    ),
  'bring a supplier back': ({ prepare }, a) =>
    void prepare(
      `INSERT OR IGNORE INTO suppliers (id, name, contactInfo, createdAt, updatedAt) VALUES (?, ?, '', 1780000000000, 1780000000000)`,
    ).run(pickMissing(prepare, 'supplier_project_instances', 'supplierId', 'suppliers', a), `Back ${a}`),
}

function pickMissing(
  prepare: Parameters<Write>[0]['prepare'],
  table: string,
  column: string,
  parent: string,
  n: number,
): unknown {
  const missing = prepare(
    `SELECT DISTINCT ${column} FROM ${table} WHERE ${column} NOT IN (SELECT id FROM ${parent}) ORDER BY 1`,
  )
    .pluck()
    .all()
  return nth(missing, n) ?? 'nowhere'
}

export const mendingWrites: Record<string, Write> = {
  ...over(mendValues),
  ...over(mendReferences),
  ...bringParentBack,
}
