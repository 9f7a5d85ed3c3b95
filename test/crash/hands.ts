import type { Handle } from '../../src/db/database.js'

/** What one clerk works on: nobody else writes to it, so that the last write of each item is known. */
export interface Hand {
  clerk: number
  turn: number
  instances: string[]
  templates: string[]
  /** Where tasks are added. */
  section: { milestoneId: string; taskTypeId: string }
  /** Those that it has added. */
  tasks: { id: string; name: string }[]
  unassigned: { supplierId: string; projectId: string; templates: number }[]
}

const INSTANCES = 12
const TEMPLATES = 4

/** Deals the rows of a v1 file out; the instances of a dealt template are in no hand. */
export function dealHands(db: Handle, clerks: number): Hand[] {
  const templates = ids(
    db,
    'SELECT id FROM project_milestone_tasks WHERE isActive ORDER BY id',
    clerks * TEMPLATES,
  )
  const instances = ids(
    db,
    `SELECT id FROM supplier_task_instances WHERE projectMilestoneTaskId NOT IN (SELECT value FROM json_each(?))
     ORDER BY substr(id, -4)`,
    clerks * INSTANCES,
    JSON.stringify(templates),
  )
  const sections = db
    .prepare('SELECT id AS milestoneId, taskTypeId FROM milestones ORDER BY id')
    .all() as Hand['section'][]
  const unassigned = db
    .prepare(
      `SELECT s.id AS supplierId, p.id AS projectId, (SELECT count(*) FROM project_milestone_tasks t
         WHERE t.projectId = p.id AND t.isActive) AS templates
       FROM suppliers s, projects p WHERE NOT EXISTS (
         SELECT 1 FROM supplier_project_instances a WHERE a.supplierId = s.id AND a.projectId = p.id)
       ORDER BY p.id, s.id`,
    )
    .all() as Hand['unassigned']
  return Array.from({ length: clerks }, (_, clerk) => {
    const share = <Item>(items: readonly Item[]) => items.filter((_item, index) => index % clerks === clerk)
    const [section] = share(sections)
    if (section === undefined) throw new Error('The file has too few milestones for so many clerks.')
    return {
      clerk,
      turn: clerk,
      instances: share(instances),
      templates: share(templates),
      section,
      tasks: [],
      unassigned: share(unassigned),
    }
  })
}

const ids = (db: Handle, sql: string, most: number, ...values: unknown[]) =>
  db
    .prepare(`${sql} LIMIT ${most}`)
    .pluck()
    .all(...values) as string[]
