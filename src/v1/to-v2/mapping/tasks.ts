import {
  derived,
  flag,
  instant,
  integer,
  optionalText,
  reference,
  text,
  v2Only,
  type ColumnRule,
} from './column-rules.js'
import type { RowMapping, RowVersion } from './row-mapping.js'

/** What a task and its twins have in common; `t` is the v1 task, `m` the milestone whose section it is in. */
const common: Readonly<Record<string, ColumnRule>> = {
  parentTaskId: v2Only(),
  description: optionalText('t.description'),
  sequence: integer('t.sequence'),
  defaultOwner: v2Only(),
  defaultNotes: v2Only(),
  isRequired: flag('t.isRequired'),
  createdAt: instant('t.createdAt'),
  updatedAt: instant('t.updatedAt'),
}

/** v1 has no row for a twin. */
const isTwin = 'NOT EXISTS (SELECT 1 FROM tasks own WHERE own.id = v2_tasks.id)'

const nameKey = ['taskTypeId', 'sectionId', 'parentTaskId', 'name']

const parents = { taskTypeId: 'task_types', sectionId: 'v2_task_type_sections' }

export const tasks: RowMapping = {
  name: 'tasks',
  source: 'tasks',
  target: 'v2_tasks',
  about: 'A task stays a task, in the section and the task type of its milestone.',
  from: 'tasks t LEFT JOIN milestones m ON m.id = t.milestoneId',
  id: 't.id',
  columns: {
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of its milestone'),
    sectionId: reference('t.milestoneId', 'milestones'),
    name: text('t.name'),
    ...common,
  },
  parents,
  walks: 'tasks',
  replaced: (row) => `sectionId = ${row}.milestoneId AND id NOT IN (
    SELECT twin.id FROM up_task_twins twin WHERE twin.sectionId = ${row}.milestoneId)`,
  parked: 'name',
  unique: nameKey,
  feeds: [
    { table: 'tasks', mapped: (row) => `id = ${row}.id`, present: (row) => `id = ${row}.id` },
    {
      table: 'milestones',
      mapped: (row) => `sectionId = ${row}.id`,
      present: (row) => `sectionId = ${row}.id AND NOT ${isTwin}`,
      columns: ['taskTypeId'],
    },
  ],
}

/** The id of the twin that task `t` has in the section of milestone `m`. */
export const twinId = (task: string, milestone: string): string => `${task} || '~' || ${milestone}`

/** Other tasks that stand in section `m`: its own, and the twins that other tasks have there. */
const standsInSection = (name: string) => `(
  EXISTS (SELECT 1 FROM tasks own WHERE own.milestoneId = m.id AND own.name = ${name})
  OR EXISTS (
    SELECT 1 FROM project_milestone_tasks q JOIN tasks other ON other.id = q.taskId
    WHERE q.milestoneId = m.id AND other.milestoneId <> m.id AND other.id <> t.id AND other.name = ${name}))`

const nameWithCode = `t.name || ' (' || home.code || ')'`
const isTakenWithCode = `(${standsInSection(nameWithCode)} OR EXISTS (
    SELECT 1 FROM project_milestone_tasks q JOIN tasks other ON other.id = q.taskId JOIN milestones h ON h.id = other.milestoneId
    WHERE q.milestoneId = m.id AND other.milestoneId <> m.id AND other.id <> t.id
      AND other.name || ' (' || h.code || ')' = ${nameWithCode}))`

const twinName = `CASE WHEN NOT ${standsInSection('t.name')} THEN t.name
  WHEN ${isTakenWithCode} THEN t.name || ' (' || home.code || ', ' || t.id || ')' ELSE ${nameWithCode} END`

const sectionsWith = (row: RowVersion) => `sectionId IN (
  SELECT ${row}.milestoneId UNION ALL SELECT q.milestoneId FROM project_milestone_tasks q WHERE q.taskId = ${row}.id)`

export const taskTwins: RowMapping = {
  name: 'task_twins',
  source: 'project_milestone_tasks',
  target: 'v2_tasks',
  about:
    'A project milestone task may name a milestone that is not its task’s. Its section then gets a twin of the task, one for all projects.',
  from: `(SELECT DISTINCT taskId, milestoneId FROM project_milestone_tasks) p
    JOIN tasks t ON t.id = p.taskId AND t.milestoneId <> p.milestoneId
    JOIN milestones home ON home.id = t.milestoneId JOIN milestones m ON m.id = p.milestoneId`,
  id: twinId('p.taskId', 'p.milestoneId'),
  columns: {
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of the milestone that the template names'),
    sectionId: derived('p.milestoneId', 'the milestone that the template names'),
    name: derived(
      twinName,
      't.name; with the code of the task’s own milestone where the section has that name',
    ),
    ...common,
  },
  extras: { twinOf: 'p.taskId', homeId: 't.milestoneId' },
  parents,
  parked: 'name',
  unique: nameKey,
  heldBy: { table: 'v2_project_task_templates', column: 'taskId' },
  feeds: [
    {
      // A template that comes or goes brings its twin, and may free or take a name in the section.
      table: 'project_milestone_tasks',
      mapped: (row) => `sectionId = ${row}.milestoneId`,
      present: (row) => `sectionId = ${row}.milestoneId AND ${isTwin}`,
      columns: ['taskId', 'milestoneId'],
    },
    {
      // Its twins show its values, and its name may be taken or free now in its own section.
      table: 'tasks',
      mapped: sectionsWith,
      present: (row) => `${sectionsWith(row)} AND ${isTwin}`,
    },
    {
      table: 'milestones',
      mapped: (row) => `(sectionId = ${row}.id OR homeId = ${row}.id)`,
      present: (row) => `sectionId = ${row}.id AND ${isTwin}`,
      columns: ['id', 'code', 'taskTypeId'],
    },
  ],
}
