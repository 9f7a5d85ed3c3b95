import type { Handle } from '../../../db/database.js'
import { isSettled, twinId } from '../mapping/tasks.js'
import type { RowKind } from './catalogue.js'
import type { FileTable } from './file-tables.js'
import { namingRules } from './naming-rules.js'
import type { RowClass } from './row-class.js'

type Class = RowClass<RowKind>

/** The classes that take other rows to tell, in one table each. */
export function relationClasses(db: Handle, table: FileTable, alias: string): Class[] {
  if (table.kind === 'legacy') return legacyClasses(table, alias)
  return activeClasses[table.name]?.(alias, db) ?? []
}

const activeClasses: Readonly<Record<string, (alias: string, db: Handle) => Class[]>> = {
  milestones: (m, db) => [
    {
      when: `NOT EXISTS (SELECT 1 FROM tasks child WHERE child.milestoneId = ${m}.id)`,
      cases: [{ kind: 'milestone-without-tasks' }],
    },
    sharedSectionName(m, db),
    namelessSection(m, db),
  ],
  tasks: (t) => [
    {
      column: 'name',
      when: `EXISTS (SELECT 1 FROM tasks other JOIN milestones there ON there.id = other.milestoneId
        JOIN milestones here ON here.id = ${t}.milestoneId
        WHERE other.name = ${t}.name AND other.milestoneId <> ${t}.milestoneId AND there.taskTypeId = here.taskTypeId)`,
      cases: [{ kind: 'same-task-name' }],
    },
  ],
  project_milestone_tasks: (p) => [misfiled(p), twice(p)],
}

function misfiled(p: string): Class {
  const typeOf = (milestone: string) => `(SELECT taskTypeId FROM milestones WHERE id = ${milestone})`
  const home = `(SELECT milestoneId FROM tasks WHERE id = ${p}.taskId)`
  return {
    column: 'milestoneId',
    // Where the milestone or the task's own is missing, the row is an orphan and nothing else.
    when: `${home} <> ${p}.milestoneId AND ${typeOf(`${p}.milestoneId`)} IS NOT NULL AND ${typeOf(home)} IS NOT NULL`,
    cases: [
      { kind: 'misfiled-template/settled-twin', when: isSettled(twinId(`${p}.taskId`, `${p}.milestoneId`)) },
      { kind: 'misfiled-template/same-type', when: `${typeOf(home)} = ${typeOf(`${p}.milestoneId`)}` },
      { kind: 'misfiled-template/other-type' },
    ],
  }
}

const twice = (p: string): Class => ({
  column: 'taskId',
  when: `EXISTS (SELECT 1 FROM project_milestone_tasks q
    WHERE q.projectId = ${p}.projectId AND q.taskId = ${p}.taskId AND q.milestoneId <> ${p}.milestoneId)`,
  cases: [{ kind: 'task-twice' }],
})

/** The rule tells it; before the first run the file has no table of rules, and the SQL brings them along. */
const sharedSectionName = (m: string, db: Handle): Class => ({
  column: 'name',
  when: `${m}.id IN (SELECT id FROM up_sections WHERE rule LIKE '%told apart%')`,
  cases: [{ kind: 'duplicate-section-name' }],
  with: namingRules(db),
})

/** A milestone without a name is called by a rule, or not at all. */
const namelessSection = (m: string, db: Handle): Class => ({
  column: 'name',
  when: `typeof(${m}.name) IS NOT 'text' AND ${m}.id IN (SELECT id FROM up_sections WHERE typeof(name) IS NOT 'text')`,
  cases: [{ kind: 'missing-required/null', when: `${m}.name IS NULL` }, { kind: 'wrong-type' }],
  with: namingRules(db),
})

/** A pair that is assigned in both models, and an id that both have. */
function legacyClasses({ name }: FileTable, alias: string): Class[] {
  const [, active] = activeOf.find(([legacy]) => name.startsWith(legacy)) ?? []
  if (active === undefined) return []
  const sameId: Class = {
    column: 'id',
    when: `EXISTS (SELECT 1 FROM ${active} twin WHERE twin.id = ${alias}.id)`,
    cases: [{ kind: 'legacy-duplicate/id' }],
  }
  if (active !== 'supplier_project_instances') return [sameId]
  const pair = `SELECT 1 FROM ${active} twin WHERE twin.supplierId = ${alias}.supplierId AND twin.projectId = ${alias}.projectId`
  // An assignment that is reused brings no id of its own.
  return [
    { ...sameId, when: `${sameId.when} AND NOT EXISTS (${pair})` },
    { column: 'supplierId', when: `EXISTS (${pair})`, cases: [{ kind: 'legacy-duplicate/pair' }] },
  ]
}

const activeOf = [
  ['supplier_projects', 'supplier_project_instances'],
  ['task_templates', 'project_milestone_tasks'],
  ['task_instances', 'supplier_task_instances'],
] as const
