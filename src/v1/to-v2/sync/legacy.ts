import { isLegacyCounted, legacyNamesOf } from '../mapping/legacy-names.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { createTrigger } from './procedure.js'

/** The triggers that a file with legacy tables needs beside those of its mappings. */
export function legacyTriggers(mappings: readonly RowMapping[]): string[] {
  const mapping = mappings.find(({ name }) => name === 'legacy_instances')
  if (mapping === undefined) return []
  const { instances } = legacyNamesOf(mapping.source)
  return [...rememberWhatIsMade, ...turnLegacyInstances(instances)]
}

const isMirrored = 'EXISTS (SELECT 1 FROM sync_guard)'
const isMade = `${isMirrored} AND NEW.id = 'legacy~' || NEW.taskTypeId`

const rememberWhatIsMade = [
  createTrigger('place_legacy_sections', `AFTER INSERT ON v2_task_type_sections WHEN ${isMade}`, [
    `INSERT INTO legacy_places (taskTypeId, sectionId) VALUES (NEW.taskTypeId, NEW.id)
    ON CONFLICT (taskTypeId) DO UPDATE SET sectionId = excluded.sectionId`,
  ]),
  createTrigger('place_legacy_tasks', `AFTER INSERT ON v2_tasks WHEN ${isMade}`, [
    `INSERT INTO legacy_places (taskTypeId, taskId) VALUES (NEW.taskTypeId, NEW.id)
    ON CONFLICT (taskTypeId) DO UPDATE SET taskId = excluded.taskId`,
  ]),
  createTrigger('note_made_assignments', `AFTER INSERT ON supplier_project_instances WHEN ${isMirrored}`, [
    `INSERT INTO made_assignments VALUES (NEW.id, 'v1') ON CONFLICT DO NOTHING`,
  ]),
]

/**
 * v1 counts its legacy instances while its active model has none at all: with the first of those they are
 * history, and with the last one's end they count again.
 */
function turnLegacyInstances(instances: string): string[] {
  const turn = (isApplied: string) => [
    // Within a mirror the guard stands already, and is not this trigger's to take away.
    `INSERT INTO sync_guard SELECT iif(EXISTS (SELECT 1 FROM sync_guard), 'turn', 'up')`,
    `UPDATE v2_supplier_task_instances SET isApplied = ${isApplied}
    WHERE isApplied IS NOT ${isApplied} AND id IN (SELECT id FROM ${instances})`,
    `DELETE FROM sync_guard WHERE direction = iif(EXISTS (SELECT 1 FROM sync_guard WHERE direction = 'turn'), 'turn', 'up')`,
  ]
  const isFirst = '(SELECT count(*) FROM (SELECT 1 FROM supplier_task_instances LIMIT 2)) = 1'
  const isListed =
    'NOT EXISTS (SELECT 1 FROM set_aside_instances aside WHERE aside.id = v2_supplier_task_instances.id)'
  return [
    createTrigger('legacy_is_history', `AFTER INSERT ON supplier_task_instances WHEN ${isFirst}`, turn('0')),
    createTrigger(
      'legacy_is_counted',
      `AFTER DELETE ON supplier_task_instances WHEN ${isLegacyCounted}`,
      turn(isListed),
    ),
  ]
}
