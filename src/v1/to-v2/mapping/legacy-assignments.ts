import { initially, instant, reference, text } from './column-rules.js'
import { also, pairOf } from './legacy-conditions.js'
import type { LegacyNames } from './legacy-names.js'
import type { Feed, RowMapping, RowVersion } from './row-mapping.js'

/** An id that changes reaches one table after the other: until then nobody knows whether the pair is there. */
const isMoving = `EXISTS (SELECT 1 FROM supplier_project_instances a WHERE
    a.supplierId = s.supplierId AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = a.projectId)
    OR a.projectId = s.projectId AND NOT EXISTS (SELECT 1 FROM suppliers p WHERE p.id = a.supplierId))`

/** The row that both versions share was made of the legacy one. */
const isMade = (row: string) =>
  `EXISTS (SELECT 1 FROM made_assignments made WHERE made.id = ${row}.id AND made.madeIn = 'v1')`

const isMadeEither = (id: string) => `EXISTS (SELECT 1 FROM made_assignments made WHERE made.id = ${id})`

/** Where one row was made of the other, both are one assignment: the other table's row goes along when one is given another pair. */
const moveAlong = (
  table: string,
) => `UPDATE ${table} SET supplierId = NEW.supplierId, projectId = NEW.projectId
    WHERE id = OLD.id AND supplierId = OLD.supplierId AND projectId = OLD.projectId AND ${isMadeEither('OLD.id')}
      AND (OLD.supplierId IS NOT NEW.supplierId OR OLD.projectId IS NOT NEW.projectId)
      AND NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.supplierId = NEW.supplierId AND o.projectId = NEW.projectId)
      AND EXISTS (SELECT 1 FROM suppliers p WHERE p.id = NEW.supplierId) AND EXISTS (SELECT 1 FROM projects p WHERE p.id = NEW.projectId)`

type First = NonNullable<Feed['first']>

/** Both references to it follow by themselves, v1's and v2's. */
const rekeyShared = [
  `UPDATE supplier_project_instances SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id AND ${isMadeEither('OLD.id')}
    AND NOT EXISTS (SELECT 1 FROM supplier_project_instances o WHERE o.id = NEW.id)`,
  `UPDATE made_assignments SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id`,
]

const legacyFirst: First = (event) =>
  event === 'UPDATE' ? [moveAlong('supplier_project_instances'), ...rekeyShared] : []

const sharedFirst =
  (assignments: string): First =>
  (event) =>
    event === 'INSERT'
      ? []
      : event === 'UPDATE'
        ? [
            moveAlong(assignments),
            'UPDATE made_assignments SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id',
          ]
        : [
            `DELETE FROM ${assignments} WHERE id = OLD.id AND supplierId = OLD.supplierId AND projectId = OLD.projectId
    AND ${isMadeEither('OLD.id')}`,
            'DELETE FROM made_assignments WHERE id = OLD.id',
          ]

const isAnothers = `EXISTS (SELECT 1 FROM supplier_project_instances a WHERE a.id = s.id)
    AND ${pairOf('s')} IS NULL AND NOT ${isMade('s')}`

export const legacyAssignments = ({ assignments }: LegacyNames): RowMapping => ({
  name: 'legacy_assignments',
  source: assignments,
  target: 'supplier_project_instances',
  about:
    'A legacy assignment is the assignment of its supplier to its project that is there; where there is none, one is made, in the table that both versions share.',
  from: `${assignments} s`,
  id: `coalesce(${pairOf('s')}, s.id)`,
  columns: {
    supplierId: also(reference('s.supplierId', 'suppliers'), {
      reason: 'legacy-duplicate:id',
      when: isAnothers,
    }),
    projectId: also(reference('s.projectId', 'projects'), {
      reason: 'dependant:projectId',
      when: `${pairOf('s')} IS NULL AND ${isMoving}`,
    }),
    status: { ...initially('s.status', 's.status'), misfits: text('s.status').misfits },
    assignedAt: {
      ...initially('s.assignedAt', 's.assignedAt, as it is stored'),
      misfits: instant('s.assignedAt').misfits,
    },
    createdAt: initially('s.assignedAt', 's.assignedAt'),
    updatedAt: initially('s.assignedAt', 's.assignedAt'),
  },
  extras: { sourceId: 's.id' },
  sourceId: 'sourceId',
  parents: {},
  owns: isMade,
  spares: (row) => `NOT ${isMade(row)}`,
  outlasts: true,
  onlyAdds: true,
  unique: ['supplierId', 'projectId'],
  heldBy: {
    table: `(SELECT supplierProjectInstanceId FROM supplier_task_instances
      UNION ALL SELECT supplierProjectInstanceId FROM v2_supplier_task_instances)`,
    on: (row) => `holder.supplierProjectInstanceId = ${row}.id`,
  },
  scope: {
    keys: ['sourceId'],
    mapped: 'u.sourceId = NEW.sourceId',
    present: 'id = NEW.sourceId',
    presentKeys: ['id'],
  },
  feeds: [
    { table: assignments, scopes: (row) => `SELECT ${row}.id`, first: legacyFirst },
    {
      table: 'supplier_project_instances',
      scopes: (row) =>
        `SELECT s.id FROM ${assignments} s WHERE s.supplierId = ${row}.supplierId AND s.projectId = ${row}.projectId`,
      columns: ['supplierId', 'projectId'],
      first: sharedFirst(assignments),
    },
    ...['supplier', 'project'].map((parent) => ({
      table: `${parent}s`,
      scopes: (row: RowVersion) => `SELECT s.id FROM ${assignments} s WHERE s.${parent}Id = ${row}.id`,
      columns: ['id'],
    })),
  ],
})
