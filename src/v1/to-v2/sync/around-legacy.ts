import { isLegacyCounted, legacyNamesOf } from '../mapping/legacy-names.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import type { Around } from './around.js'
import { isOtherPair, standInSection } from './around-templates.js'
import { call } from './procedure.js'
import type { Event } from './up-triggers.js'

/** What the writes to a legacy template need in v2. */
export function aroundLegacyTemplates({ source }: RowMapping): Around {
  const { instances } = legacyNamesOf(source)
  return {
    before: (event) => (event === 'DELETE' ? [] : [standInSection]),
    after: (event) => [
      ...refreshPairs(event),
      ...(event === 'UPDATE' ? [...overridesStayNone(instances), instancesFollow] : []),
    ],
  }
}

function refreshPairs(event: Event): string[] {
  const pair = (row: 'OLD' | 'NEW') =>
    `SELECT ${row}.projectId, place.taskTypeId FROM legacy_places place WHERE place.taskId = ${row}.taskId
    ${event === 'UPDATE' ? `AND ${isOtherPair}` : ''}`
  return [
    ...(event === 'DELETE' ? [] : [call('write_legacy_project_task_types', pair('NEW'))]),
    ...(event === 'INSERT' ? [] : [call('remove_legacy_project_task_types', pair('OLD'))]),
  ]
}

/** v1 may say once more what its template says. Once that moves, it would be an override, which v2 has none of. */
const overridesStayNone = (instances: string) => [
  `UPDATE ${instances} SET actualDue = NULL
    WHERE taskTemplateId = NEW.id AND actualDue IS NOT NULL AND OLD.dueDate IS NOT NEW.dueDate AND EXISTS (
      SELECT 1 FROM v2_supplier_task_instances n WHERE n.id = ${instances}.id AND n.actualDueDate IS NULL)`,
  call(
    'trace_legacy_instances',
    `SELECT l.rowId FROM migration_lineage l JOIN ${instances} i ON i.id = l.rowId WHERE l.mapping = 'legacy_instances'
    AND l."column" = 'actualDueDate' AND i.taskTemplateId = NEW.id AND OLD.dueDate IS NOT NEW.dueDate`,
  ),
]

/** v1 has one date for all of them. This service carries it to them itself. */
const instancesFollow = `UPDATE v2_supplier_task_instances SET dueDate = NEW.dueDate
    WHERE projectTaskTemplateId = NEW.id AND actualDueDate IS NULL AND status <> 'completed'
      AND OLD.dueDate IS NOT NEW.dueDate AND dueDate IS NOT NEW.dueDate
      AND NOT EXISTS (SELECT 1 FROM write_context WHERE requestId IS NOT NULL)`

/** What the writes to a legacy instance need. */
export function aroundLegacyInstances({ source }: RowMapping): Around {
  const { assignments } = legacyNamesOf(source)
  return {
    before: (event) => (event === 'INSERT' ? makeAssignment(assignments) : []),
    after: (event) => (event === 'DELETE' ? [] : [...setAside, asV1Counts]),
  }
}

/** The legacy model has its own assignments: one that only v2 has gets a row there, under its id. */
function makeAssignment(assignments: string): string[] {
  const lacking = `supplier_project_instances a WHERE a.id = NEW.supplierProjectInstanceId AND NOT EXISTS (
      SELECT 1 FROM ${assignments} s WHERE s.id = a.id OR (s.supplierId = a.supplierId AND s.projectId = a.projectId))`
  return [
    `INSERT INTO made_assignments SELECT a.id, 'v2' FROM ${lacking} ON CONFLICT DO NOTHING`,
    `INSERT INTO ${assignments} (id, supplierId, projectId, assignedAt, status)
    SELECT a.id, a.supplierId, a.projectId, a.assignedAt, a.status FROM ${lacking}`,
  ]
}

/** Taken off the list by v2. While v1 does not count it, none of them is on it. */
const setAside = [
  `INSERT INTO set_aside_instances SELECT NEW.id WHERE NEW.isApplied = 0 AND ${isLegacyCounted} ON CONFLICT DO NOTHING`,
  'DELETE FROM set_aside_instances WHERE id = NEW.id AND NEW.isApplied = 1',
]

/** What v1 does not count is not applied, and what has no override, and is not completed, is due when its template is. */
const asV1Counts = `UPDATE v2_supplier_task_instances SET isApplied = NEW.isApplied AND ${isLegacyCounted},
      dueDate = CASE WHEN NEW.actualDueDate IS NULL AND NEW.status <> 'completed' THEN p.dueDate ELSE NEW.dueDate END
    FROM v2_project_task_templates p WHERE p.id = NEW.projectTaskTemplateId AND v2_supplier_task_instances.id = NEW.id
      AND ((NEW.isApplied = 1 AND NOT ${isLegacyCounted})
        OR (NEW.actualDueDate IS NULL AND NEW.status <> 'completed' AND NEW.dueDate IS NOT p.dueDate))`
