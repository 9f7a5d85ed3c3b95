import { derived, initially, instant, optionalText, reference, v2Only } from './column-rules.js'
import { also, isTakenId } from './legacy-conditions.js'
import { isLegacyCounted, isLegacyTemplate, type LegacyNames } from './legacy-names.js'
import { legacyTaskId } from './legacy-places.js'
import { ownId, type RowMapping, type RowVersion } from './row-mapping.js'

export const legacyTemplates = (names: LegacyNames): RowMapping => {
  const { templates } = names
  return {
    name: 'legacy_templates',
    source: templates,
    target: 'v2_project_task_templates',
    about: 'A legacy template becomes a template of that task, with a fixed date.',
    from: `${templates} l LEFT JOIN legacy_places place ON place.taskTypeId = l.taskTypeId`,
    id: 'l.id',
    columns: {
      projectId: also(reference('l.projectId', 'projects'), isTakenId('l', 'project_milestone_tasks')),
      taskId: {
        ...reference('l.taskTypeId', 'task_types'),
        sql: legacyTaskId,
        words: 'the task of l.taskTypeId in its section “Legacy”',
        deviates: [{ rule: `'legacy task'`, when: '1', original: 'l.taskTypeId' }],
      },
      sectionId: derived(
        `(SELECT w.sectionId FROM v2_tasks w WHERE w.id = ${legacyTaskId})`,
        'the section of that task',
      ),
      dueDate: instant('l.canonicalDue'),
      owner: v2Only(),
      notes: optionalText('l.description'),
      isActive: initially(isLegacyCounted, 'whether v1 counts the legacy model'),
      anchor: v2Only(),
      offsetDays: v2Only(),
      createdAt: instant('l.createdAt'),
      updatedAt: instant('l.updatedAt'),
    },
    parents: { projectId: 'projects', taskId: 'v2_tasks' },
    owns: isLegacyTemplate(names),
    spares: (row) => `EXISTS (SELECT 1 FROM project_milestone_tasks own WHERE own.id = ${row}.id)`,
    walks: templates,
    replaced: (row) => `projectId = ${row}.projectId
      AND taskId = (SELECT place.taskId FROM legacy_places place WHERE place.taskTypeId = ${row}.taskTypeId)`,
    unique: ['projectId', 'taskId'],
    scope: ownId,
    feeds: [
      { table: templates, scopes: (row) => `SELECT ${row}.id` },
      ...(['project', 'taskType'] as const).map((parent) => ({
        table: parent === 'project' ? 'projects' : 'task_types',
        scopes: (row: RowVersion) => `SELECT l.id FROM ${templates} l WHERE l.${parent}Id = ${row}.id`,
        columns: ['id'],
      })),
    ],
  }
}
