import { legacyNamesOf } from '../mapping/legacy-names.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { milestoneOf } from '../mapping/unsectioned.js'
import { call, createTrigger, isUsersWrite } from './procedure.js'

/** The keys under which rows of v2 meet, and the call that brings what v1 has at the same place. */
const neighbours: Readonly<Record<string, { keys: string; arrive: string }>> = {
  v2_task_type_sections: {
    keys: 'id, taskTypeId, name',
    arrive: call('write_sections', 'SELECT NEW.taskTypeId'),
  },
  v2_tasks: {
    keys: 'id, taskTypeId, sectionId, parentTaskId, name',
    arrive: call(
      'write_tasks',
      `SELECT t.id FROM tasks t WHERE t.milestoneId = ${milestoneOf('NEW.sectionId', 'NEW.taskTypeId')}`,
    ),
  },
  v2_project_task_templates: {
    keys: 'id, projectId, taskId',
    arrive: call(
      'write_templates',
      'SELECT p.id FROM project_milestone_tasks p WHERE p.projectId = NEW.projectId',
    ),
  },
  v2_supplier_task_instances: {
    keys: 'id, supplierProjectInstanceId, projectTaskTemplateId',
    arrive: call(
      'write_instances',
      `SELECT i.id FROM supplier_task_instances i WHERE i.supplierProjectInstanceId = NEW.supplierProjectInstanceId
      AND i.projectMilestoneTaskId = NEW.projectTaskTemplateId`,
    ),
  },
}

/**
 * While the backfill goes on, v2 lacks rows that a write to it could meet. They arrive before the write, so
 * that it is refused, or replaces one, as it would when all were there.
 */
export const arrivalTriggers = (mappings: readonly RowMapping[]): string[] =>
  Object.entries(neighbours).flatMap(([table, { keys, arrive }]) =>
    ['INSERT', 'UPDATE'].map((event) =>
      createTrigger(
        `arrive_${table}_${event.toLowerCase()}`,
        `BEFORE ${event}${event === 'UPDATE' ? ` OF ${keys}` : ''} ON ${table}
WHEN ${isUsersWrite} AND EXISTS (SELECT 1 FROM migration_state WHERE stage = 'expanded')`,
        [
          `INSERT INTO sync_guard VALUES ('up')`,
          arrive,
          ...legacyNeighbours(table, mappings),
          'DELETE FROM sync_guard',
        ],
      ),
    ),
  )

/** The same for what the legacy tables have there. */
function legacyNeighbours(table: string, mappings: readonly RowMapping[]): string[] {
  const { source } = mappings.find(({ name }) => name === 'legacy_instances') ?? {}
  if (source === undefined) return []
  const { assignments, templates, instances } = legacyNamesOf(source)
  const arriving: Record<string, string> = {
    v2_project_task_templates: call(
      'write_legacy_templates',
      `SELECT l.id FROM ${templates} l WHERE l.projectId = NEW.projectId AND l.taskTypeId IN (
        SELECT place.taskTypeId FROM legacy_places place WHERE place.taskId = NEW.taskId)`,
    ),
    v2_supplier_task_instances: call(
      'write_legacy_instances',
      `SELECT i.id FROM supplier_project_instances a JOIN ${assignments} s ON s.supplierId = a.supplierId AND s.projectId = a.projectId
      JOIN ${instances} i ON i.supplierProjectId = s.id
      WHERE a.id = NEW.supplierProjectInstanceId AND i.taskTemplateId = NEW.projectTaskTemplateId`,
    ),
  }
  return Object.entries(arriving).flatMap(([of, statement]) => (of === table ? [statement] : []))
}
