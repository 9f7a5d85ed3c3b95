import { heldAssignments } from '../held-rows.js'
import { call, createTrigger, type Procedure } from './procedure.js'
import { recordHeld } from './record-held.js'

const recordAssignments: Procedure = {
  name: 'record_assignments',
  keys: ['id'],
  statements: recordHeld(heldAssignments),
}

export const assignmentProcedures: readonly Procedure[] = [recordAssignments]

const record = (select: string) => [call(recordAssignments.name, select)]
const of = (parent: 'supplier' | 'project', row: 'OLD' | 'NEW') =>
  `SELECT a.id FROM supplier_project_instances a WHERE a.${parent}Id = ${row}.id`

const table = 'supplier_project_instances'

/** Both versions read the table of assignments, so nothing is mirrored: only which have no parents is on record. */
export const assignmentTriggers: readonly string[] = [
  createTrigger(`record_${table}_insert`, `AFTER INSERT ON ${table}`, record('SELECT NEW.id')),
  createTrigger(
    `record_${table}_update`,
    `AFTER UPDATE OF id, supplierId, projectId ON ${table}`,
    record('SELECT OLD.id UNION SELECT NEW.id'),
  ),
  createTrigger(`record_${table}_delete`, `AFTER DELETE ON ${table}`, record('SELECT OLD.id')),
  ...(['supplier', 'project'] as const).flatMap((parent) => [
    createTrigger(`record_${parent}s_insert`, `AFTER INSERT ON ${parent}s`, record(of(parent, 'NEW'))),
    createTrigger(
      `record_${parent}s_update`,
      `AFTER UPDATE OF id ON ${parent}s`,
      record(`${of(parent, 'OLD')} UNION ${of(parent, 'NEW')}`),
    ),
    createTrigger(`record_${parent}s_delete`, `AFTER DELETE ON ${parent}s`, record(of(parent, 'OLD'))),
  ]),
]
