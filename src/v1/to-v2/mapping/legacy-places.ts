import { storedInstant } from '../../../db/stored-instant.js'
import { derived, initially, v2Only, type ColumnRule } from './column-rules.js'
import { isLegacyCounted, isLegacySection, isLegacyTask, type LegacyNames } from './legacy-names.js'
import type { Feed, RowMapping } from './row-mapping.js'
import { nameKey } from './tasks.js'
import { isPairActive, isSamePair } from './templates.js'

/**
 * Where the legacy templates of a task type stand in v2: a section and a task in it, which v1 has no rows
 * for. Once made, both are v2's own.
 */
const placed = ({ templates }: LegacyNames) =>
  `${templates} l JOIN task_types tt ON tt.id = l.taskTypeId LEFT JOIN legacy_places place ON place.taskTypeId = l.taskTypeId`

const madeId = `'legacy~' || l.taskTypeId`
export const legacySectionId = `coalesce(place.sectionId, ${madeId})`
export const legacyTaskId = `coalesce(place.taskId, ${madeId})`

const earliest = `coalesce(min(${storedInstant('l.createdAt')}), ${storedInstant('tt.createdAt')}, 0)`
const stamps: Readonly<Record<string, ColumnRule>> = {
  createdAt: initially(earliest, 'the earliest l.createdAt of the task type'),
  updatedAt: initially(earliest, 'the earliest l.createdAt of the task type'),
}

const ofTaskType = (names: LegacyNames): readonly Feed[] => [
  { table: names.templates, scopes: (row) => `SELECT ${row}.taskTypeId`, columns: ['taskTypeId'] },
  {
    table: 'task_types',
    scopes: (row) => `SELECT l.taskTypeId FROM ${names.templates} l WHERE l.taskTypeId = ${row}.id`,
    columns: ['id'],
  },
]

/** What else in v2 has the name at the same place. */
const taken = (name: string, others: readonly string[]) =>
  `CASE WHEN ${others.map((other) => `EXISTS (SELECT 1 FROM ${other})`).join(' OR ')}
    THEN ${name} || ' (' || ${madeId} || ')' ELSE ${name} END`

const sectionName = taken(`'Legacy'`, [
  `v2_task_type_sections o WHERE o.taskTypeId = l.taskTypeId AND o.name = 'Legacy' AND o.id <> ${legacySectionId}`,
  `up_sections o WHERE o.taskTypeId = l.taskTypeId AND o.name = 'Legacy'`,
])

export const legacySections = (names: LegacyNames): RowMapping => ({
  name: 'legacy_sections',
  source: names.templates,
  target: 'v2_task_type_sections',
  about:
    'The legacy templates of a task type stand in a section “Legacy”, which v1 has no row for: v2 may change it as it likes.',
  from: placed(names),
  where: 'place.taskId IS NULL OR place.sectionId IS NOT NULL',
  groupBy: 'l.taskTypeId',
  id: legacySectionId,
  columns: {
    taskTypeId: initially('l.taskTypeId', 'l.taskTypeId'),
    code: v2Only(),
    name: initially(sectionName, '“Legacy”, or with its id where the task type has a section of that name'),
    description: v2Only(),
    sequence: initially(
      '(SELECT count(*) + 1 FROM milestones m WHERE m.taskTypeId = l.taskTypeId)',
      'after the milestones',
    ),
    isRequired: initially('0', 'false'),
    ...stamps,
  },
  extras: { ofTaskType: 'l.taskTypeId' },
  parents: { taskTypeId: 'task_types' },
  owns: isLegacySection,
  spares: (row) => `EXISTS (SELECT 1 FROM milestones own WHERE own.id = ${row}.id)`,
  outlasts: true,
  unique: ['taskTypeId', 'name'],
  heldBy: { table: 'v2_tasks', on: (row) => `holder.sectionId = ${row}.id` },
  scope: {
    keys: ['taskTypeId'],
    mappedKeys: ['ofTaskType'],
    mapped: 'u.ofTaskType = NEW.taskTypeId',
    present:
      'id IN (SELECT place.sectionId FROM legacy_places place WHERE place.taskTypeId = NEW.taskTypeId)',
  },
  feeds: ofTaskType(names),
})

const taskName = taken('tt.name', [
  `v2_tasks o WHERE o.sectionId = ${legacySectionId} AND o.parentTaskId IS NULL AND o.name = tt.name AND o.id <> ${legacyTaskId}`,
])

export const legacyTasks = (names: LegacyNames): RowMapping => ({
  name: 'legacy_tasks',
  source: names.templates,
  target: 'v2_tasks',
  about: 'In that section there is a task named as the task type, for all legacy templates of it.',
  from: placed(names),
  groupBy: 'l.taskTypeId',
  id: legacyTaskId,
  columns: {
    taskTypeId: initially('l.taskTypeId', 'l.taskTypeId'),
    sectionId: initially(legacySectionId, 'the section “Legacy” of the task type'),
    parentTaskId: v2Only(),
    name: initially(taskName, 'the name of the task type'),
    description: v2Only(),
    sequence: initially('1', '1'),
    defaultOwner: v2Only(),
    defaultNotes: v2Only(),
    isRequired: initially('0', 'false'),
    ...stamps,
  },
  extras: { ofTaskType: 'l.taskTypeId' },
  parents: { taskTypeId: 'task_types', sectionId: 'v2_task_type_sections' },
  owns: isLegacyTask,
  spares: (row) => `EXISTS (SELECT 1 FROM tasks own WHERE own.id = ${row}.id)`,
  outlasts: true,
  unique: nameKey,
  heldBy: { table: 'v2_project_task_templates', on: (row) => `holder.taskId = ${row}.id` },
  scope: {
    keys: ['taskTypeId'],
    mappedKeys: ['ofTaskType'],
    mapped: 'u.ofTaskType = NEW.taskTypeId',
    present: 'id IN (SELECT place.taskId FROM legacy_places place WHERE place.taskTypeId = NEW.taskTypeId)',
  },
  feeds: ofTaskType(names),
})

export const legacyProjectTaskTypes = (names: LegacyNames): RowMapping => ({
  name: 'legacy_project_task_types',
  source: names.templates,
  target: 'v2_project_task_types',
  about: 'A project has the task type of each of its legacy templates, too.',
  from: `${names.templates} l JOIN projects pr ON pr.id = l.projectId JOIN task_types tt ON tt.id = l.taskTypeId`,
  groupBy: 'l.projectId, l.taskTypeId',
  id: `l.projectId || '~' || l.taskTypeId`,
  columns: {
    projectId: derived('l.projectId', 'l.projectId'),
    taskTypeId: derived('l.taskTypeId', 'l.taskTypeId'),
    // While the backfill goes on, v2 may lack a pair that the active model has, too.
    isActive: initially(
      `coalesce(${isPairActive('l.projectId', 'l.taskTypeId')}, ${isLegacyCounted})`,
      'whether v1 counts the legacy model',
    ),
    ...stamps,
  },
  parents: { projectId: 'projects', taskTypeId: 'task_types' },
  heldBy: {
    table: `(SELECT projectId, taskTypeId FROM attached_task_types UNION ALL SELECT projectId, taskTypeId FROM up_project_task_types)`,
    on: isSamePair,
  },
  key: ['projectId', 'taskTypeId'],
  unique: ['id'],
  scope: {
    keys: ['projectId', 'taskTypeId'],
    mapped: 'u.projectId = NEW.projectId AND u.taskTypeId = NEW.taskTypeId',
    present: 'projectId = NEW.projectId AND taskTypeId = NEW.taskTypeId',
  },
  feeds: [
    {
      table: names.templates,
      scopes: (row) => `SELECT ${row}.projectId, ${row}.taskTypeId`,
      columns: ['projectId', 'taskTypeId'],
    },
    ...(['project', 'taskType'] as const).map((parent) => ({
      table: parent === 'project' ? 'projects' : 'task_types',
      scopes: (row: string) =>
        `SELECT l.projectId, l.taskTypeId FROM ${names.templates} l WHERE l.${parent}Id = ${row}.id`,
      columns: ['id'],
    })),
  ],
})
