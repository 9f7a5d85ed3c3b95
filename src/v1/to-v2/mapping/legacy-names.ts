import { legacyTable } from '../../legacy/legacy-tables.js'

/** The legacy tables of the file at hand. */
export interface LegacyNames {
  assignments: string
  templates: string
  instances: string
}

export const legacyNames = (suffix: '_old' | ''): LegacyNames => ({
  assignments: legacyTable('supplier_projects', suffix),
  templates: legacyTable('task_templates', suffix),
  instances: legacyTable('task_instances', suffix),
})

export const isOfLegacyModel = (mapping: string): boolean => mapping.startsWith('legacy_')

/** Those of a mapping whose source is one of them. */
export const legacyNamesOf = (source: string): LegacyNames =>
  legacyNames(source.endsWith('_old') ? '_old' : '')

/** SQL that is true while v1 counts the legacy instances: its active model has none at all. */
export const isLegacyCounted = 'NOT EXISTS (SELECT 1 FROM supplier_task_instances)'

/** SQL over a row of v2's tables, by its alias: whether it is there because of the legacy tables, and v1's active model has none of it. */
type Owns = (row: string) => string

const isIn = (table: string, column: string, value: string) =>
  `EXISTS (SELECT 1 FROM ${table} own WHERE own.${column} = ${value})`

export const isLegacySection: Owns = (row) =>
  `(${isIn('legacy_places', 'sectionId', `${row}.id`)} AND NOT ${isIn('milestones', 'id', `${row}.id`)})`

export const isLegacyTaskId = (id: string): string =>
  `(${isIn('legacy_places', 'taskId', id)} AND NOT ${isIn('tasks', 'id', id)})`

export const isLegacyTask: Owns = (row) => isLegacyTaskId(`${row}.id`)

/** Also one that v2 has just made on the task of the legacy templates. */
export const isLegacyTemplate =
  ({ templates }: LegacyNames): Owns =>
  (row) =>
    `(NOT ${isIn('project_milestone_tasks', 'id', `${row}.id`)}
      AND (${isIn(templates, 'id', `${row}.id`)} OR ${isLegacyTaskId(`${row}.taskId`)}))`

/** Also one that v2 has just made of a legacy template. */
export const isLegacyInstance =
  ({ templates, instances }: LegacyNames): Owns =>
  (row) =>
    `(NOT ${isIn('supplier_task_instances', 'id', `${row}.id`)}
      AND (${isIn(instances, 'id', `${row}.id`)} OR ${isIn(templates, 'id', `${row}.projectTaskTemplateId`)}))`
