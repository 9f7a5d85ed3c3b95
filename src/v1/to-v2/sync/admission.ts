import { heldOf, rowAsJson } from '../held-rows.js'
import { forgetLineage, isTraced } from '../lineage.js'
import { keepsIds, viewName, type RowMapping } from '../mapping/row-mapping.js'
import { isOfLegacyModel } from '../mapping/legacy-names.js'
import { call, createTrigger, isUsersWrite } from './procedure.js'
import { isHeld, mirrorReasons, now } from './record-held.js'
import { callStep } from './up-procedures.js'

const waiting = 'resolution IS NULL'

/**
 * A row that arrives in v2 waits no longer, and neither does what waited for it: the moment that a row in
 * quarantine is mended, its dependants come along, down to the last.
 */
export const admissionTriggers = (all: readonly RowMapping[]): string[] => {
  // What the legacy model's rows wait for is in their feeds, all of it.
  const mappings = all.filter(({ name }) => !isOfLegacyModel(name))
  return [...new Set(mappings.filter(keepsIds).map(({ target }) => target))].map((target) =>
    createTrigger(
      `admit_${target}_insert`,
      `AFTER INSERT ON ${target}
WHEN NOT ${isUsersWrite} AND EXISTS (SELECT 1 FROM migration_quarantine WHERE ${waiting})`,
      [
        ...mappings
          .filter((mapping) => mapping.target === target && keepsIds(mapping))
          .flatMap((mapping) => [...traceIt(mapping), resolveIt(mapping)]),
        ...mappings.flatMap((mapping) => admitBelow(target, mapping)),
      ],
    ),
  )
}

/**
 * What a write to v2 does to rows of v1 that do not fit: a cascade takes them along, or gives them another
 * reference. Whatever waits is on record as it is. One that v2 has is settled by v2's own triggers.
 */
export const heldRowTriggers = (mappings: readonly RowMapping[]): string[] =>
  mappings.filter(keepsIds).flatMap((mapping) =>
    (['UPDATE', 'DELETE'] as const).map((event) => {
      const isLacking = `NOT EXISTS (SELECT 1 FROM ${mapping.target} t WHERE t.id = OLD.id)`
      const ids = ['OLD', ...(event === 'UPDATE' ? ['NEW'] : [])].map(
        (row) => `SELECT ${row}.id WHERE ${isLacking}`,
      )
      return createTrigger(
        `hold_${mapping.source}_${event.toLowerCase()}`,
        `AFTER ${event} ON ${mapping.source}
WHEN NOT ${isUsersWrite} AND ${isHeld(mapping, 'OLD.id')}${event === 'UPDATE' ? '' : ` AND ${isLacking}`}`,
        [
          ...callStep('record', mapping, ids.join(' UNION ')),
          ...(event === 'UPDATE' ? rerecord(mapping) : []),
        ],
      )
    }),
  )

const rerecord = (mapping: RowMapping): string[] =>
  [heldOf(mapping) ?? []].flat().map(
    (held) =>
      `UPDATE migration_quarantine SET row = (SELECT ${rowAsJson(held)} FROM ${held.source} s WHERE s.id = NEW.id)
    WHERE mapping = '${held.name}' AND rowId = NEW.id AND ${waiting} AND reason NOT IN ${mirrorReasons}`,
  )

/** A row that is gone has no lineage, whoever has deleted it. */
export const lineageTriggers = (mappings: readonly RowMapping[]): string[] =>
  mappings
    .filter(isTraced)
    .map((mapping) =>
      createTrigger(`forget_${mapping.name}`, `AFTER DELETE ON ${mapping.target}`, [forgetLineage(mapping)]),
    )

const traceIt = (mapping: RowMapping) =>
  callStep(
    'trace',
    mapping,
    `SELECT ${mapping.scope.keys.map((key) => `NEW.${key}`).join(', ')} WHERE EXISTS (
      SELECT 1 FROM migration_quarantine WHERE mapping = '${mapping.name}' AND rowId = NEW.id AND ${waiting})`,
  )

const resolveIt = ({ name }: RowMapping) =>
  `UPDATE migration_quarantine SET resolution = 'migrated', resolvedAt = ${now}
    WHERE mapping = '${name}' AND rowId = NEW.id AND ${waiting} AND reason NOT IN ${mirrorReasons}`

/** What refers to the new row and waits is written now. A twin is no row of v1's, and is not on record. */
const admitBelow = (target: string, child: RowMapping): string[] =>
  Object.entries(child.parents)
    .filter(([, parent]) => parent === target)
    .flatMap(([column]) => {
      const refersToIt = `${viewName(child)} u WHERE u.${column} = NEW.id`
      const keys = child.scope.keys.map((key) => `u.${key}`).join(', ')
      if (!keepsIds(child)) return [call(`write_${child.name}`, `SELECT ${keys} FROM ${refersToIt}`)]
      const waits = `u.id IN (SELECT q.rowId FROM migration_quarantine q WHERE q.mapping = '${child.name}' AND q.${waiting})`
      return [
        call(`write_${child.name}`, `SELECT ${keys} FROM ${refersToIt} AND ${waits}`),
        // One that v2 has had all along is changed by this, and no insert tells of it.
        ...callStep('trace', child, `SELECT ${keys} FROM ${refersToIt} AND ${waits}`),
        ...callStep('record', child, `SELECT u.id FROM ${refersToIt} AND ${waits}`),
      ]
    })
