import { storedInstant } from '../../../db/stored-instant.js'
import type { DownMapping } from './down-mapping.js'
import { legacyNamesOf } from './legacy-names.js'
import type { RowMapping } from './row-mapping.js'

const taskTypeOf = (taskId: string) =>
  `(SELECT place.taskTypeId FROM legacy_places place WHERE place.taskId = ${taskId})`

export const downLegacyTemplates = (up: RowMapping): DownMapping => ({
  up,
  alias: 'l',
  from: 'v2_project_task_templates n',
  derived: { taskTypeId: { from: ['taskId'], sql: taskTypeOf('n.taskId') } },
  kept: {},
  // A console may give it another task.
  possible: 'd.taskTypeId IS NOT NULL',
  unique: ['taskTypeId', 'projectId'],
  replaced: `projectId = NEW.projectId AND taskTypeId = ${taskTypeOf('NEW.taskId')}`,
})

/** The legacy assignment of the supplier to the project to which a shared one assigns him. */
const assignmentOf = (assignments: string, sharedId: string) => `(
    SELECT s.id FROM supplier_project_instances a JOIN ${assignments} s ON s.supplierId = a.supplierId AND s.projectId = a.projectId
    WHERE a.id = ${sharedId})`

export function downLegacyInstances(up: RowMapping): DownMapping {
  const { assignments, templates } = legacyNamesOf(up.source)
  const agreed = storedInstant('i.actualDue')
  const canonical = '(SELECT p.dueDate FROM v2_project_task_templates p WHERE p.id = i.taskTemplateId)'
  return {
    up,
    alias: 'i',
    from: 'v2_supplier_task_instances n',
    derived: {
      supplierProjectId: {
        from: ['supplierProjectInstanceId'],
        sql: assignmentOf(assignments, 'n.supplierProjectInstanceId'),
      },
    },
    // What v1 has twice is no override, and means nothing else.
    kept: {
      actualDue: `(d.actualDue IS ${agreed} OR (d.actualDue IS NULL AND ${agreed} IS ${canonical}))`,
    },
    possible: `d.supplierProjectId IS NOT NULL AND EXISTS (SELECT 1 FROM ${templates} l WHERE l.id = d.taskTemplateId)`,
    // It goes with its assignment, or stays with that.
    stays:
      'NOT EXISTS (SELECT 1 FROM supplier_project_instances a WHERE a.id = OLD.supplierProjectInstanceId)',
    unique: ['supplierProjectId', 'taskTemplateId'],
    replaced: `supplierProjectId = ${assignmentOf(assignments, 'NEW.supplierProjectInstanceId')}
      AND taskTemplateId = NEW.projectTaskTemplateId`,
  }
}
