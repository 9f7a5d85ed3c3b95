import { v1Table } from '../../../../migrations/v1-tables.js'
import { downLegacyInstances, downLegacyTemplates } from './legacy-down.js'
import type { RowMapping } from './row-mapping.js'
import { isOfMilestone } from './tasks.js'
import { isUnsectioned, milestoneOf, sectionOf } from './unsectioned.js'

/**
 * What a row of v2 becomes in v1. SQL refers to the v2 row as `n`; in `kept`, to v1's row by the alias
 * of the mapping upwards.
 */
export interface DownMapping {
  /** The mapping upwards, which says when both rows are equal. */
  up: RowMapping
  /** The alias that the mapping upwards gives v1's table. */
  alias: string
  /** FROM clause with the v2 row as `n`. */
  from: string
  /** v1 columns that are not simply a v2 column's value, and what of the v2 row they follow from. */
  derived: Readonly<Record<string, Derived>>
  /** v1 columns whose value stands as long as this holds. */
  kept: Readonly<Record<string, string>>
  /** v1's other unique key. */
  unique: readonly string[]
  /** SQL over `NEW.id`: true where it follows from other rows of v1, so that no row of v1 is its own. */
  isDerived?: string
  /** SQL over the row `d` as it would be: v1 has what it refers to. Always so, where it is not given. */
  possible?: string
  /** SQL over `OLD`, a row that v2 has lost: true where v1 keeps its own all the same. */
  stays?: string
  /** The reference whose id says by itself what v1's is: read again once the row that it leads to has its new id in v1. */
  readAgain?: string
  /** SQL over v1's table that finds a row which an OR REPLACE in v2 may have deleted, `NEW` being the new one. */
  replaced?: string
}

interface Derived {
  sql: string
  from: readonly string[]
}

const upValue = (view: string, column: string) => `(SELECT u.${column} FROM up_${view} u WHERE u.id = n.id)`

const isCodeFree = `NOT EXISTS (SELECT 1 FROM milestones o WHERE o.taskTypeId = n.taskTypeId AND o.code = n.code AND o.id <> n.id)`

const downSections = (up: RowMapping): DownMapping => ({
  up,
  alias: 'm',
  from: 'v2_task_type_sections n',
  derived: {
    name: { sql: 'n.name', from: ['name'] },
    code: {
      sql: `CASE WHEN n.code IS NOT NULL AND ${isCodeFree} THEN n.code ELSE n.id END`,
      from: ['code', 'taskTypeId'],
    },
  },
  // The names of the original application stand until v2 really names the section otherwise.
  kept: {
    code: `${upValue('sections', 'code')} IS n.code AND m.taskTypeId = n.taskTypeId`,
    name: `${upValue('sections', 'name')} IS n.name`,
  },
  unique: ['taskTypeId', 'code'],
  replaced: `taskTypeId = NEW.taskTypeId AND NOT ${isUnsectioned('id')}`,
})

const milestoneOfTask = milestoneOf('n.sectionId', 'n.taskTypeId')

const isNameFree = (name: string) =>
  `NOT EXISTS (SELECT 1 FROM tasks o WHERE o.milestoneId = ${milestoneOfTask} AND o.name = ${name} AND o.id <> n.id)`

const nameWithParent = `parent.name || ' / ' || n.name`

const downTasks = (up: RowMapping): DownMapping => ({
  up,
  alias: 't',
  from: 'v2_tasks n LEFT JOIN v2_tasks parent ON parent.id = n.parentTaskId',
  derived: {
    // A task type whose id changes reaches its tasks before their milestone.
    milestoneId: {
      sql: `coalesce(${milestoneOfTask}, (SELECT own.milestoneId FROM tasks own WHERE own.id = n.id))`,
      from: ['sectionId', 'taskTypeId'],
    },
    name: {
      sql: `CASE WHEN ${isNameFree('n.name')} THEN n.name
      WHEN parent.id IS NOT NULL AND ${isNameFree(nameWithParent)} THEN ${nameWithParent}
      ELSE n.name || ' (' || n.id || ')' END`,
      from: ['name', 'sectionId', 'taskTypeId'],
    },
  },
  kept: {
    milestoneId: `${sectionOf('t.milestoneId')} IS n.sectionId
      AND (SELECT m.taskTypeId FROM milestones m WHERE m.id = t.milestoneId) = n.taskTypeId`,
    name: `${upValue('tasks', 'name')} IS n.name AND ${isNameFree('t.name')}`,
  },
  unique: ['milestoneId', 'name'],
  isDerived: 'EXISTS (SELECT 1 FROM twins u WHERE u.id = NEW.id)',
  replaced: `milestoneId = ${milestoneOf('NEW.sectionId', 'NEW.taskTypeId')}`,
})

const milestoneOfTemplate = milestoneOf('w.sectionId', 'w.taskTypeId')
const isTwinOfMilestone = isOfMilestone('n.taskId', milestoneOfTemplate)

const downTemplates = (up: RowMapping): DownMapping => ({
  up,
  alias: 'p',
  from: 'v2_project_task_templates n JOIN v2_tasks w ON w.id = n.taskId',
  derived: {
    milestoneId: {
      sql: `coalesce(${milestoneOfTemplate}, (SELECT own.milestoneId FROM project_milestone_tasks own WHERE own.id = n.id))`,
      from: ['taskId'],
    },
    taskId: {
      sql: `CASE WHEN EXISTS (SELECT 1 FROM tasks own WHERE own.id = n.taskId) OR NOT ${isTwinOfMilestone} THEN n.taskId
      ELSE substr(n.taskId, 1, length(n.taskId) - length(${milestoneOfTemplate}) - 1) END`,
      from: ['taskId'],
    },
  },
  kept: {},
  unique: ['projectId', 'milestoneId', 'taskId'],
  // Until v1 has a task of that id, it reads as the id of a twin.
  readAgain: 'taskId',
  replaced: `(projectId, milestoneId, taskId) IN (
    SELECT d.projectId, d.milestoneId, d.taskId FROM down_templates d WHERE d.id = NEW.id)`,
})

const downInstances = (up: RowMapping): DownMapping => ({
  up,
  alias: 'i',
  from: 'v2_supplier_task_instances n',
  derived: {},
  kept: {},
  // A console may give it a template of the legacy model.
  ...(up.spares === undefined
    ? {}
    : { possible: 'EXISTS (SELECT 1 FROM project_milestone_tasks p WHERE p.id = d.projectMilestoneTaskId)' }),
  unique: ['supplierProjectInstanceId', 'projectMilestoneTaskId'],
  replaced:
    'supplierProjectInstanceId = NEW.supplierProjectInstanceId AND projectMilestoneTaskId = NEW.projectTaskTemplateId',
})

/** Every v1 column that the row gets, and its value. */
export function downColumns({ up, derived }: DownMapping): Record<string, Derived> {
  const held = Object.entries(up.columns).flatMap(([column, { keeper, holds }]) =>
    keeper === 'v1' && holds !== undefined ? [[holds, { sql: `n.${column}`, from: [column] }] as const] : [],
  )
  return { ...Object.fromEntries(held), ...derived }
}

/** Those of them that refer to other rows of v1. */
export function referencesInV1(down: DownMapping): string[] {
  const written = downColumns(down)
  return Object.keys(v1Table(down.up.source)?.references ?? {}).filter((column) => column in written)
}

/** SQL that is true while v1's value means what v2's does: `d` is the row as it would be. */
export function standsInV1({ up, alias, derived, kept }: DownMapping, column: string): string {
  const own = kept[column]
  if (own !== undefined) return own
  const rule = Object.values(up.columns).find(({ holds }) => holds === column)
  return derived[column] === undefined && rule !== undefined
    ? `${rule.sql} IS d.${column}`
    : `${alias}.${column} IS d.${column}`
}

const makers: Readonly<Record<string, (up: RowMapping) => DownMapping>> = {
  sections: downSections,
  tasks: downTasks,
  templates: downTemplates,
  instances: downInstances,
  legacy_templates: downLegacyTemplates,
  legacy_instances: downLegacyInstances,
}

/** How each mapping goes back; those that are made of others' rows follow those. */
export const downMappingOf = (up: RowMapping): DownMapping | undefined => makers[up.name]?.(up)
