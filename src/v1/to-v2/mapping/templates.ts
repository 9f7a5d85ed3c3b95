import {
  derived,
  flag,
  instant,
  optionalInstant,
  optionalText,
  reference,
  status,
  v2Only,
} from './column-rules.js'
import type { RowMapping } from './row-mapping.js'
import { twinId } from './tasks.js'

/** A file's newer generation has this column of project_milestone_tasks; older ones do not. */
export interface V1Shape {
  hasResponsibleParties: boolean
}

/** A milestone that a cascade has taken away tells its task type no more: then every pair of the project may be meant. */
const pair = (row: string) => `projectId = ${row}.projectId AND taskTypeId = coalesce(
  (SELECT m.taskTypeId FROM milestones m WHERE m.id = ${row}.milestoneId), taskTypeId)`

const pairsOfTaskType = (row: string) => `taskTypeId = ${row}.taskTypeId`

export const projectTaskTypes: RowMapping = {
  name: 'project_task_types',
  source: 'project_milestone_tasks',
  target: 'v2_project_task_types',
  about: 'A project has each task type of which it has a template; active where any of them is.',
  from: `project_milestone_tasks p JOIN milestones m ON m.id = p.milestoneId
    JOIN tasks t ON t.id = p.taskId JOIN projects pr ON pr.id = p.projectId`,
  groupBy: 'p.projectId, m.taskTypeId',
  id: `p.projectId || '~' || m.taskTypeId`,
  columns: {
    projectId: derived('p.projectId', 'p.projectId'),
    taskTypeId: derived('m.taskTypeId', 'taskTypeId of the template’s milestone'),
    isActive: derived(`max(coalesce(${flag('p.isActive').sql}, 0))`, 'true where any p.isActive is'),
    createdAt: derived(`min(${instant('p.createdAt').sql})`, 'the earliest p.createdAt'),
    updatedAt: derived(`max(${instant('p.createdAt').sql})`, 'the latest p.createdAt'),
  },
  parents: { projectId: 'projects', taskTypeId: 'task_types' },
  // Not the id: it is made of two others, and a change of one of those must not make another row of it.
  key: ['projectId', 'taskTypeId'],
  unique: ['id'],
  feeds: [
    {
      table: 'project_milestone_tasks',
      mapped: pair,
      present: pair,
      columns: ['projectId', 'milestoneId', 'isActive', 'createdAt'],
    },
    { table: 'milestones', mapped: pairsOfTaskType, present: pairsOfTaskType, columns: ['taskTypeId'] },
  ],
}

export const templates = ({ hasResponsibleParties }: V1Shape): RowMapping => ({
  name: 'templates',
  source: 'project_milestone_tasks',
  target: 'v2_project_task_templates',
  about: 'A project milestone task becomes a project task template with a fixed date.',
  from: 'project_milestone_tasks p LEFT JOIN tasks t ON t.id = p.taskId',
  id: 'p.id',
  columns: {
    projectId: reference('p.projectId', 'projects'),
    taskId: {
      ...reference('p.taskId', 'tasks'),
      sql: `CASE WHEN t.milestoneId IS p.milestoneId THEN p.taskId ELSE ${twinId('p.taskId', 'p.milestoneId')} END`,
      words: 'p.taskId, or its twin where p.milestoneId is not the task’s',
    },
    sectionId: reference('p.milestoneId', 'milestones'),
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
  // A twin belongs to one milestone, so it is free for the one template that wants it; a task may not be.
  firstWritten: `instr(taskId, '~') > 0`,
  unique: ['projectId', 'taskId'],
  feeds: [
    {
      table: 'project_milestone_tasks',
      mapped: (row) => `id = ${row}.id`,
      present: (row) => `id = ${row}.id`,
    },
    {
      // A task that moves to another milestone leaves its templates misfiled, or sets them right.
      table: 'tasks',
      mapped: (row) => `id IN (SELECT q.id FROM project_milestone_tasks q WHERE q.taskId = ${row}.id)`,
      present: () => '0',
      columns: ['id', 'milestoneId'],
    },
    {
      // The id of a twin has the milestone's in it.
      table: 'milestones',
      mapped: (row) => `sectionId = ${row}.id`,
      present: () => '0',
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
    blockedReason: v2Only(),
    submissionFiles: optionalText('i.submissionFiles'),
    completedAt: optionalInstant('i.completedAt'),
    createdAt: instant('i.createdAt'),
    updatedAt: instant('i.updatedAt'),
  },
  parents: {
    supplierProjectInstanceId: 'supplier_project_instances',
    projectTaskTemplateId: 'v2_project_task_templates',
  },
  walks: 'supplier_task_instances',
  replaced: (row) => `supplierProjectInstanceId = ${row}.supplierProjectInstanceId
    AND projectTaskTemplateId = ${row}.projectMilestoneTaskId`,
  unique: ['supplierProjectInstanceId', 'projectTaskTemplateId'],
  feeds: [
    {
      table: 'supplier_task_instances',
      mapped: (row) => `id = ${row}.id`,
      present: (row) => `id = ${row}.id`,
    },
  ],
}
