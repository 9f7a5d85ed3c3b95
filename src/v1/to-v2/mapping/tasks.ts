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
import { isUnsectioned, sectionOf } from './unsectioned.js'
import { ownId, type RowMapping } from './row-mapping.js'

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

/** As the index has it: all tasks without a section stand at one place of their task type. */
export const nameKey: RowMapping['unique'] = [
  (of) => `coalesce(${of('sectionId')}, ${of('taskTypeId')})`,
  'parentTaskId',
  'name',
]

/** SQL over a row of v2_tasks: whether another task at its place, without a parent, has the name that is given. */
export const isNameTaken = (row: string, name: string): string => `EXISTS (
  SELECT 1 FROM v2_tasks o WHERE o.id <> ${row}.id AND coalesce(o.sectionId, o.taskTypeId) = coalesce(${row}.sectionId, ${row}.taskTypeId)
    AND o.parentTaskId IS NULL AND o.name = ${name})`

const formOf = (id: string) => `LEFT JOIN task_forms f ON f.id = ${id} AND f.taskName IS t.name`

/** Target rows in the section that a milestone is, or in none where it stands for that. */
const inSectionOf = (milestoneId: string) =>
  `(sectionId = ${milestoneId} OR (sectionId IS NULL AND ${isUnsectioned(milestoneId)}
    AND taskTypeId = (SELECT o.taskTypeId FROM milestones o WHERE o.id = ${milestoneId})))`

const hasRow = (row: string) => `EXISTS (SELECT 1 FROM tasks own WHERE own.id = ${row}.id)`

/** v1 has no row for a twin. */
const isTwin = (row: string) => `NOT ${hasRow(row)}`

const parents = { taskTypeId: 'task_types', sectionId: 'v2_task_type_sections' }

const isWithoutType =
  'EXISTS (SELECT 1 FROM milestones own WHERE own.id = t.milestoneId AND own.taskTypeId IS NULL)'

export const tasks: RowMapping = {
  name: 'tasks',
  source: 'tasks',
  target: 'v2_tasks',
  about: 'A task stays a task, in the section and the task type of its milestone.',
  from: `tasks t LEFT JOIN milestones m ON m.id = t.milestoneId ${formOf('t.id')}`,
  id: 't.id',
  columns: {
    // Of any other milestone the section is held, and the task with it.
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of its milestone', [
      { reason: 'orphan:milestoneId', when: `${isUnsectioned('t.milestoneId')} AND ${isWithoutType}` },
    ]),
    sectionId: { ...reference('t.milestoneId', 'milestones'), sql: sectionOf('t.milestoneId') },
    name: { ...text('t.name'), sql: 'coalesce(f.name, t.name)' },
    ...common,
  },
  extras: { milestoneId: 't.milestoneId' },
  parents,
  owns: hasRow,
  walks: 'tasks',
  replaced: (row) => `${inSectionOf(`${row}.milestoneId`)} AND NOT EXISTS (
    SELECT 1 FROM project_milestone_tasks q
    WHERE q.milestoneId = ${row}.milestoneId AND ${twinId('q.taskId', 'q.milestoneId')} = v2_tasks.id)`,
  form: { table: 'task_forms', holds: { taskName: 'name' } },
  // Once a settled twin is gone, its place is that of the next.
  heldBy: { table: 'twins', on: (row) => `instr(${row}.id, '~') > 0 AND holder.id = ${row}.id` },
  parked: 'name',
  unique: nameKey,
  scope: ownId,
  feeds: [
    { table: 'tasks', scopes: (row) => `SELECT ${row}.id` },
    {
      table: 'milestones',
      scopes: (row) => `SELECT t.id FROM tasks t WHERE t.milestoneId = ${row}.id`,
      columns: ['taskTypeId'],
    },
    {
      // A task type may come, or get its id, after what refers to it.
      table: 'task_types',
      scopes: (row) =>
        `SELECT t.id FROM milestones m JOIN tasks t ON t.milestoneId = m.id WHERE m.taskTypeId = ${row}.id`,
      columns: ['id'],
    },
  ],
}

/** Whether it is the id of a twin in that milestone. */
export const isOfMilestone = (id: string, milestone: string): string =>
  `substr(${id}, -length(${milestone}) - 1) = '~' || ${milestone}`

/** The id of the twin that task `t` has in the section of milestone `m`. */
export const twinId = (task: string, milestone: string): string => `${task} || '~' || ${milestone}`

/** Whether it is the id of a twin of that task, in any milestone. */
export const isTwinOf = (id: string, task: string): string =>
  `${id} > ${task} || '~' AND ${id} < ${task} || char(127)`

/** Whether a template names another milestone than its task's. That of a task that is held may be none at all. */
export const isMisfiled = (task: string, template: string): string =>
  `${task}.milestoneId IS NOT ${template}.milestoneId`

/** A twin that v2 has changed is a task of its own in v1, under the twin's id: there is no other twin beside it. */
export const isSettled = (twin: string): string =>
  `EXISTS (SELECT 1 FROM tasks settled WHERE settled.id = ${twin})`

/** Other tasks that stand in section `m`: its own, and the twins that other tasks have there. */
const standsInSection = (name: string) => `(
  EXISTS (
    SELECT 1 FROM tasks own LEFT JOIN task_forms f ON f.id = own.id AND f.taskName IS own.name
    WHERE own.milestoneId = m.id AND coalesce(f.name, own.name) = ${name})
  OR EXISTS (
    SELECT 1 FROM project_milestone_tasks q JOIN tasks other ON other.id = q.taskId
    WHERE q.milestoneId = m.id AND ${isMisfiled('other', 'q')} AND other.id <> t.id AND other.name = ${name}))`

/** A milestone without a code is held, but its tasks may have twins elsewhere. */
const codeOf = (milestone: string) => `coalesce(${milestone}.code, ${milestone}.id)`
const nameWithCode = `t.name || ' (' || ${codeOf('home')} || ')'`
const isTakenWithCode = `(${standsInSection(nameWithCode)} OR EXISTS (
    SELECT 1 FROM project_milestone_tasks q JOIN tasks other ON other.id = q.taskId JOIN milestones h ON h.id = other.milestoneId
    WHERE q.milestoneId = m.id AND ${isMisfiled('other', 'q')} AND other.id <> t.id
      AND other.name || ' (' || ${codeOf('h')} || ')' = ${nameWithCode}))`

const twinName = `CASE WHEN NOT ${standsInSection('t.name')} THEN t.name
  WHEN ${isTakenWithCode} THEN t.name || ' (' || ${codeOf('home')} || ', ' || t.id || ')' ELSE ${nameWithCode} END`

/** A twin for each task and milestone that a template puts together, though the task is of another. */
const base = {
  view: 'twins',
  select: `SELECT DISTINCT p.taskId AS twinOf, p.milestoneId, t.milestoneId AS homeId, ${twinId('p.taskId', 'p.milestoneId')} AS id
    FROM project_milestone_tasks p JOIN tasks t ON t.id = p.taskId
    WHERE p.milestoneId IS NOT NULL AND ${isMisfiled('t', 'p')} AND NOT ${isSettled(twinId('p.taskId', 'p.milestoneId'))}`,
}

export const taskTwins: RowMapping = {
  name: 'task_twins',
  source: 'project_milestone_tasks',
  target: 'v2_tasks',
  about:
    'A project milestone task may name a milestone that is not its task’s. Its section then gets a twin of the task, one for all projects.',
  base,
  from: `twins p JOIN tasks t ON t.id = p.twinOf
    JOIN milestones home ON home.id = t.milestoneId JOIN milestones m ON m.id = p.milestoneId`,
  id: 'p.id',
  columns: {
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of the milestone that the template names', [
      { reason: 'orphan:taskTypeId', when: 'm.taskTypeId IS NULL' },
    ]),
    sectionId: derived(sectionOf('p.milestoneId'), 'the milestone that the template names'),
    name: derived(
      twinName,
      't.name; with the code of the task’s own milestone where the section has that name',
      text('t.name').misfits,
    ),
    ...common,
  },
  extras: { milestoneId: 'p.milestoneId', twinOf: 'p.twinOf' },
  parents,
  owns: isTwin,
  parked: 'name',
  named: 'tasks',
  unique: nameKey,
  // Removing it would take them, and their instances, along.
  heldBy: { table: 'v2_project_task_templates', on: (row) => `holder.taskId = ${row}.id` },
  heldName: (row) => `(SELECT iif(${isNameTaken(row, 't.name')}, t.name || ' (' || ${row}.id || ')', t.name)
      FROM tasks t WHERE t.id = substr(${row}.id, 1, length(${row}.id) - length(NEW.milestoneId) - 1))`,
  // A name depends on all that stands in the section.
  scope: {
    keys: ['milestoneId'],
    presentKeys: ['sectionId'],
    mapped: 'u.milestoneId = NEW.milestoneId',
    present: `(sectionId = NEW.milestoneId OR (sectionId IS NULL AND ${isOfMilestone('id', 'NEW.milestoneId')})) AND ${isTwin('v2_tasks')}`,
  },
  feeds: [
    {
      table: 'project_milestone_tasks',
      scopes: (row) => `SELECT ${row}.milestoneId`,
      columns: ['taskId', 'milestoneId'],
    },
    {
      // Its twins show its values, and its name may be taken or free now in its own section.
      table: 'tasks',
      scopes: (row) => `SELECT ${row}.milestoneId
        UNION SELECT q.milestoneId FROM project_milestone_tasks q WHERE q.taskId = ${row}.id`,
    },
    {
      table: 'milestones',
      scopes: (row) => `SELECT ${row}.id UNION SELECT q.milestoneId
        FROM tasks t JOIN project_milestone_tasks q ON q.taskId = t.id WHERE t.milestoneId = ${row}.id`,
      columns: ['id', 'code', 'taskTypeId'],
    },
    {
      table: 'task_types',
      scopes: (row) => `SELECT m.id FROM milestones m WHERE m.taskTypeId = ${row}.id`,
      columns: ['id'],
    },
  ],
}
