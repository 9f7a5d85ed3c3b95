import {
  derived,
  fittingInstant,
  flag,
  instant,
  optionalInstant,
  optionalText,
  reference,
  status,
  v2Only,
  v2OnlyWhile,
  initially,
} from './column-rules.js'
import { ownId, type RowMapping, type RowVersion } from './row-mapping.js'
import { isMisfiled, isSettled, twinId } from './tasks.js'
import type { LegacySuffix } from '../../legacy/legacy-tables.js'
import { sectionOf } from './unsectioned.js'

/** What differs from one v1 file to the next. */
export interface V1Shape {
  /** A file's newer generation has this column of project_milestone_tasks; older ones do not. */
  hasResponsibleParties: boolean
  /** What the names of its legacy tables end in; undefined: it has none. */
  legacySuffix: LegacySuffix
}

/** SQL over a row of v2_project_task_types and its `holder`. */
export const isSamePair = (row: string): string =>
  `holder.projectId = ${row}.projectId AND holder.taskTypeId = ${row}.taskTypeId`

/** The active model’s templates with their task types. */
const ofTaskTypes = `project_milestone_tasks p JOIN milestones m ON m.id = p.milestoneId
    JOIN task_types tt ON tt.id = m.taskTypeId JOIN projects pr ON pr.id = p.projectId`
const isAnyActive = `max(coalesce(${flag('p.isActive').sql}, 0))`

/** SQL: `isActive` of a pair by the active model; null where that has no template of it. */
export const isPairActive = (projectId: string, taskTypeId: string): string =>
  `(SELECT ${isAnyActive} FROM ${ofTaskTypes} WHERE p.projectId = ${projectId} AND m.taskTypeId = ${taskTypeId})`

export const projectTaskTypes: RowMapping = {
  name: 'project_task_types',
  source: 'project_milestone_tasks',
  target: 'v2_project_task_types',
  about: 'A project has each task type of which it has a template; active where any of them is.',
  from: ofTaskTypes,
  groupBy: 'p.projectId, m.taskTypeId',
  id: `p.projectId || '~' || m.taskTypeId`,
  columns: {
    projectId: derived('p.projectId', 'p.projectId'),
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of the template’s milestone'),
    isActive: derived(isAnyActive, 'true where any p.isActive is'),
    // As long as none of its templates has a createdAt that fits, v2 has none of them.
    createdAt: initially(`min(${fittingInstant('p.createdAt')})`, 'the earliest p.createdAt that fits', [
      { reason: 'bad-date:createdAt', when: `min(${fittingInstant('p.createdAt')}) IS NULL` },
    ]),
    updatedAt: initially(`max(${fittingInstant('p.createdAt')})`, 'the latest p.createdAt that fits', []),
  },
  parents: { projectId: 'projects', taskTypeId: 'task_types' },
  heldBy: {
    table: 'attached_task_types',
    on: isSamePair,
  },
  // Not the id: it is made of two others, and a change of one of those must not make another row of it.
  key: ['projectId', 'taskTypeId'],
  unique: ['id'],
  scope: {
    keys: ['projectId', 'taskTypeId'],
    mapped: 'u.projectId = NEW.projectId AND u.taskTypeId = NEW.taskTypeId',
    present: 'projectId = NEW.projectId AND taskTypeId = NEW.taskTypeId',
  },
  feeds: [
    {
      // A milestone that a cascade has taken away tells its task type no more: then any pair of the project may be meant.
      table: 'project_milestone_tasks',
      scopes: (
        row,
      ) => `SELECT ${row}.projectId, m.taskTypeId FROM milestones m WHERE m.id = ${row}.milestoneId
        UNION SELECT x.projectId, x.taskTypeId FROM v2_project_task_types x
        WHERE x.projectId = ${row}.projectId AND NOT EXISTS (SELECT 1 FROM milestones m WHERE m.id = ${row}.milestoneId)`,
      columns: ['projectId', 'milestoneId', 'isActive', 'createdAt'],
    },
    {
      table: 'task_types',
      scopes: (row) => `SELECT p.projectId, m.taskTypeId FROM milestones m
        JOIN project_milestone_tasks p ON p.milestoneId = m.id WHERE m.taskTypeId = ${row}.id`,
      columns: ['id'],
    },
    {
      table: 'projects',
      scopes: (row) => `SELECT p.projectId, m.taskTypeId FROM project_milestone_tasks p
        JOIN milestones m ON m.id = p.milestoneId WHERE p.projectId = ${row}.id`,
      columns: ['id'],
    },
    {
      table: 'milestones',
      scopes: (
        row,
      ) => `SELECT x.projectId, x.taskTypeId FROM v2_project_task_types x WHERE x.taskTypeId = ${row}.taskTypeId
        UNION SELECT p.projectId, ${row}.taskTypeId FROM project_milestone_tasks p WHERE p.milestoneId = ${row}.id`,
      columns: ['taskTypeId'],
    },
  ],
}

const taskReference = reference('p.taskId', 'tasks')
const twin = twinId('p.taskId', 'p.milestoneId')

export const templates = ({ hasResponsibleParties }: Pick<V1Shape, 'hasResponsibleParties'>): RowMapping => ({
  name: 'templates',
  source: 'project_milestone_tasks',
  target: 'v2_project_task_templates',
  about: 'A project milestone task becomes a project task template with a fixed date.',
  from: 'project_milestone_tasks p LEFT JOIN tasks t ON t.id = p.taskId',
  id: 'p.id',
  columns: {
    projectId: reference('p.projectId', 'projects'),
    taskId: {
      ...taskReference,
      sql: `CASE WHEN ${isMisfiled('t', 'p')} THEN ${twin} ELSE p.taskId END`,
      words: 'p.taskId, or its twin where p.milestoneId is not the task’s',
      misfits: [
        ...taskReference.misfits,
        { reason: 'misfiled-template:taskId', when: `${isMisfiled('t', 'p')} AND ${isSettled(twin)}` },
      ],
      deviates: [
        { rule: `'twin'`, when: `t.id IS NOT NULL AND ${isMisfiled('t', 'p')}`, original: 'p.taskId' },
      ],
    },
    sectionId: { ...reference('p.milestoneId', 'milestones'), sql: sectionOf('p.milestoneId') },
    dueDate: instant('p.dueDate'),
    owner: hasResponsibleParties ? optionalText('p.responsibleParties') : v2Only(),
    notes: optionalText('p.notes'),
    isActive: flag('p.isActive'),
    anchor: v2Only(),
    offsetDays: v2Only(),
    createdAt: instant('p.createdAt'),
    updatedAt: instant('p.updatedAt'),
  },
  parents: { projectId: 'projects', taskId: 'v2_tasks', sectionId: 'v2_task_type_sections' },
  walks: 'project_milestone_tasks',
  replaced: (row) => `projectId = ${row}.projectId`,
  unique: ['projectId', 'taskId'],
  scope: ownId,
  feeds: [
    { table: 'project_milestone_tasks', scopes: (row) => `SELECT ${row}.id` },
    {
      // Where a console had foreign keys off, a project may come after its templates.
      table: 'projects',
      scopes: (row) => `SELECT q.id FROM project_milestone_tasks q WHERE q.projectId = ${row}.id`,
      columns: ['id'],
    },
    // A task that moves to another milestone leaves its templates misfiled, or sets them right. A twin
    // belongs to one milestone, so it is free for the one template that wants it; the task may not be yet.
    ...['<>', '='].map((twinsFirst) => ({
      table: 'tasks',
      scopes: (
        row: RowVersion,
      ) => `SELECT q.id FROM project_milestone_tasks q LEFT JOIN tasks t ON t.id = q.taskId
        WHERE q.taskId = ${row}.id AND coalesce(q.milestoneId ${twinsFirst} t.milestoneId, 1)`,
      columns: ['id', 'milestoneId'],
    })),
    {
      // Once a settled twin is gone, the templates that want one may have it.
      table: 'tasks',
      scopes: (row: RowVersion) => `SELECT q.id FROM project_milestone_tasks q
        WHERE instr(${row}.id, '~') > 0 AND q.milestoneId = ${row}.milestoneId
          AND ${twinId('q.taskId', 'q.milestoneId')} = ${row}.id`,
      columns: ['id', 'milestoneId'],
    },
    {
      // One that gets its id after what refers to it brings sections, tasks and twins: only then these fit.
      table: 'task_types',
      scopes: (row) => `SELECT q.id FROM milestones m JOIN project_milestone_tasks q ON q.milestoneId = m.id
        WHERE m.taskTypeId = ${row}.id`,
      columns: ['id'],
    },
    {
      // The id of a twin has the milestone's in it.
      table: 'milestones',
      scopes: (row) => `SELECT q.id FROM project_milestone_tasks q WHERE q.milestoneId = ${row}.id`,
      columns: ['id'],
    },
  ],
})

export const instances: RowMapping = {
  name: 'instances',
  source: 'supplier_task_instances',
  target: 'v2_supplier_task_instances',
  about: 'A supplier task instance keeps its id and every value.',
  from: 'supplier_task_instances i',
  id: 'i.id',
  columns: {
    supplierProjectInstanceId: reference('i.supplierProjectInstanceId', 'supplier_project_instances'),
    projectTaskTemplateId: reference('i.projectMilestoneTaskId', 'project_milestone_tasks'),
    status: status('i.status'),
    dueDate: instant('i.dueDate'),
    actualDueDate: optionalInstant('i.actualDueDate'),
    owner: v2Only(),
    notes: optionalText('i.notes'),
    isApplied: flag('i.isApplied'),
    blockedReason: v2OnlyWhile(`excluded.status = 'blocked'`),
    submissionFiles: optionalText('i.submissionFiles'),
    completedAt: optionalInstant('i.completedAt'),
    createdAt: instant('i.createdAt'),
    updatedAt: instant('i.updatedAt'),
  },
  parents: {
    supplierProjectInstanceId: 'supplier_project_instances',
    projectTaskTemplateId: 'v2_project_task_templates',
  },
  wholeParents: {
    supplierProjectInstanceId: `EXISTS (SELECT 1 FROM suppliers s WHERE s.id = parent.supplierId)
      AND EXISTS (SELECT 1 FROM projects p WHERE p.id = parent.projectId)`,
  },
  walks: 'supplier_task_instances',
  replaced: (row) => `supplierProjectInstanceId = ${row}.supplierProjectInstanceId
    AND projectTaskTemplateId = ${row}.projectMilestoneTaskId`,
  unique: ['supplierProjectInstanceId', 'projectTaskTemplateId'],
  scope: ownId,
  feeds: [
    { table: 'supplier_task_instances', scopes: (row) => `SELECT ${row}.id` },
    {
      // Where a console had foreign keys off, a template may come after its instances.
      table: 'project_milestone_tasks',
      scopes: (row) =>
        `SELECT i.id FROM supplier_task_instances i WHERE i.projectMilestoneTaskId = ${row}.id`,
      columns: ['id'],
    },
    {
      table: 'supplier_project_instances',
      scopes: (row) =>
        `SELECT i.id FROM supplier_task_instances i WHERE i.supplierProjectInstanceId = ${row}.id`,
      columns: ['id', 'supplierId', 'projectId'],
    },
    ...['supplier', 'project'].map((parent) => ({
      table: `${parent}s`,
      scopes: (row: RowVersion) => `SELECT i.id FROM supplier_project_instances a
        JOIN supplier_task_instances i ON i.supplierProjectInstanceId = a.id WHERE a.${parent}Id = ${row}.id`,
      columns: ['id'],
    })),
  ],
}
