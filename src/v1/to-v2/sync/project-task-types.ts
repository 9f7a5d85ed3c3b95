import { storedBoolean } from '../../../db/stored-instant.js'
import type { RowMapping, RowVersion } from '../mapping/row-mapping.js'
import { call, createTrigger, isUsersWrite } from './procedure.js'

/**
 * v1 has no row for a task type of a project: its templates' flag is what v1 sees of it. Written to v1, which
 * has all of them at any time, and carried from there to v2.
 */
const switchTemplates = (row: RowVersion, isActive: string) =>
  `UPDATE project_milestone_tasks SET isActive = ${isActive} WHERE projectId = ${row}.projectId
    AND ${storedBoolean('isActive')} IS NOT ${isActive}
    AND milestoneId IN (SELECT m.id FROM milestones m WHERE m.taskTypeId = ${row}.taskTypeId)`

/** Those of the legacy model have no flag in v1. */
const switchLegacyTemplates = (row: RowVersion, isActive: string) =>
  `UPDATE v2_project_task_templates SET isActive = ${isActive} WHERE projectId = ${row}.projectId
    AND isActive IS NOT ${isActive}
    AND taskId IN (SELECT place.taskId FROM legacy_places place WHERE place.taskTypeId = ${row}.taskTypeId)`

const detachLegacy = [
  switchLegacyTemplates('OLD', '0'),
  call('write_legacy_project_task_types', 'SELECT OLD.projectId, OLD.taskTypeId'),
  `UPDATE v2_project_task_types SET isActive = 0 WHERE projectId = OLD.projectId AND taskTypeId = OLD.taskTypeId
    AND (projectId, taskTypeId) NOT IN (SELECT projectId, taskTypeId FROM up_project_task_types)`,
]

/** The triggers on a table that v1 has no counterpart of. */
export function projectTaskTypeTriggers(mappings: readonly RowMapping[]): string[] {
  const legacy = mappings.some(({ name }) => name === 'legacy_templates')
    ? { switched: [switchLegacyTemplates('NEW', 'NEW.isActive')], detached: detachLegacy }
    : { switched: [], detached: [] }
  const trigger = (event: string, statements: readonly string[]) =>
    createTrigger(
      `down_v2_project_task_types_${event.slice(0, 6).toLowerCase()}`,
      `AFTER ${event} ON v2_project_task_types WHEN ${isUsersWrite}`,
      statements,
    )
  return [
    trigger('INSERT', [
      `INSERT INTO attached_task_types VALUES (NEW.projectId, NEW.taskTypeId) ON CONFLICT DO NOTHING`,
    ]),
    trigger('UPDATE OF isActive', [switchTemplates('NEW', 'NEW.isActive'), ...legacy.switched]),
    trigger('DELETE', [
      `DELETE FROM attached_task_types WHERE projectId = OLD.projectId AND taskTypeId = OLD.taskTypeId`,
      switchTemplates('OLD', '0'),
      // As long as it has templates it is there, if only switched off.
      call('write_project_task_types', 'SELECT OLD.projectId, OLD.taskTypeId'),
      ...legacy.detached,
    ]),
  ]
}
