import { fits, heldViewName } from './held-rows.js'
import { promoteSubTasks } from './sync/sub-tasks.js'
import { isUniqueAs, uniqueParts } from './mapping/unique-key.js'
import { andNotSpared, keptColumns, keyOf, ownId, viewName, type RowMapping } from './mapping/row-mapping.js'

/**
 * INSERT … SELECT from the mapping's view, of the rows that satisfy `condition` (over `u`), that fit,
 * and whose parents v2 has already: others wait for theirs.
 */
function insertSelect(mapping: RowMapping, condition: string): string {
  const columns = ['id', ...Object.keys(mapping.columns)].join(', ')
  return `INSERT INTO ${mapping.target} (${columns})
    SELECT ${columns} FROM ${viewName(mapping)} u WHERE (${condition}) AND ${fits(mapping)}`
}

/** Never overwrites: a trigger may have put a newer row there already. */
export const copyMissing = (mapping: RowMapping, condition: string): string =>
  `${insertSelect(mapping, condition)} ON CONFLICT DO NOTHING`

/**
 * Overwrites what v1 keeps, where it differs, and adds what is missing; v2's own columns stand. A row
 * whose other unique key is taken stays as it is: while a delete cascades, v2 still has rows that v1 has
 * lost already, and the trigger that removes them looks at this row again. A mirror never makes a user's
 * write fail.
 */
export function copyChanged(mapping: RowMapping): string {
  const { target, columns } = mapping
  const kept = keptColumns(mapping)
  const cleared = Object.entries(columns).flatMap(([column, { standsWhile }]) =>
    standsWhile === undefined ? [] : [`${column} = CASE WHEN ${standsWhile} THEN ${target}.${column} END`],
  )
  const arriving = (column: string) => `${columns[column]?.keeper === 'v1' ? 'excluded' : target}.${column}`
  const holder = `SELECT 1 FROM ${target} other WHERE other.id <> ${target}.id
        AND ${isUniqueAs(mapping, (column) => `other.${column}`, arriving)}`
  if (kept.length === 0 || mapping.onlyAdds === true) return copyMissing(mapping, mapping.scope.mapped)
  return `${insertSelect(mapping, mapping.scope.mapped)}
    ON CONFLICT (${keyOf(mapping).join(', ')}) DO UPDATE SET ${[...kept.map((column) => `${column} = excluded.${column}`), ...cleared].join(', ')}
      WHERE (${kept.map((column) => `${target}.${column} IS NOT excluded.${column}`).join(' OR ')})
      ${mapping.key === undefined ? `AND NOT EXISTS (${holder})` : ''}
    ON CONFLICT DO NOTHING`
}

/** Gives rows that will change or go a unique value of their own for the moment: two may change places. */
export function parkNames(mapping: RowMapping): string[] {
  const { parked, target, scope } = mapping
  if (parked === undefined) return []
  const view = `${viewName(mapping)} u WHERE (${scope.mapped})`
  return [
    `UPDATE ${target} SET ${parked} = '~' || id WHERE (${scope.present}) ${andNotSpared(mapping, target)}
    AND (id, ${parked}) NOT IN (SELECT u.id, u.${parked} FROM ${view})
    AND id NOT IN (SELECT u.id FROM ${view} AND u.misfit IS NOT NULL)`,
  ]
}

/**
 * A row that waits stays in v2 under the name that it had. v1 asks nothing of it any more, and a row that
 * fits has the name that v1 gives it.
 */
export function heldGivesWay(mapping: RowMapping): string[] {
  const { name, named = name, target, columns, scope, parked } = mapping
  if (parked === undefined) return []
  const ofFitting = (column: string) =>
    columns[column]?.keeper === 'v1'
      ? `u.${column}`
      : `(SELECT own.${column} FROM ${target} own WHERE own.id = u.id)`
  const ofHeld = (column: string) => `held.${column}`
  // In this order: hardly a row waits, and what a twin is named is computed from all templates of its milestone.
  const [place] = uniqueParts(mapping)
  const isInPlace =
    place &&
    `${place(ofHeld)} IN (SELECT ${place(ofFitting)} FROM ${viewName(mapping)} u WHERE ${scope.mapped})`
  return [
    `UPDATE ${target} SET ${parked} = ${parked} || ' (' || id || ')' WHERE id IN (
      SELECT held.id FROM ${target} held
      CROSS JOIN ${heldViewName({ name: named })} h ON h.id = held.id AND h.reason IS NOT NULL
      CROSS JOIN ${viewName(mapping)} u ON ${isUniqueAs(mapping, ofHeld, ofFitting)} AND held.id <> u.id
        AND (${scope.mapped}) AND u.misfit IS NULL
      WHERE ${isInPlace ?? 1})`,
  ]
}

/** Those that were parked, are gone from v1, and will not be removed have a name to stay by. */
export function nameHeld(mapping: RowMapping): string[] {
  const { parked, target, scope, heldBy, heldName } = mapping
  if (parked === undefined || heldBy === undefined || heldName === undefined) return []
  return [
    `UPDATE ${target} SET ${parked} = coalesce(${heldName(target)}, ${parked})
    WHERE (${scope.present}) ${andNotSpared(mapping, target)} AND ${parked} = '~' || id
      AND EXISTS (SELECT 1 FROM ${heldBy.table} holder WHERE ${heldBy.on(target)})
      AND id NOT IN (SELECT u.id FROM ${viewName(mapping)} u WHERE ${scope.mapped})`,
  ]
}

/** Removes rows of the target that v1 has no longer. */
export function removeGone(mapping: RowMapping): string[] {
  const { target, heldBy, scope } = mapping
  const key = keyOf(mapping).join(', ')
  const isFree =
    heldBy === undefined
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM ${heldBy.table} holder WHERE ${heldBy.on(target)})`
  const present =
    scope === ownId && mapping.where === undefined
      ? `${mapping.source} s WHERE s.id = NEW.id`
      : `${viewName(mapping)} u WHERE ${scope.mapped}`
  const gone = `${target} WHERE (${scope.present}) ${andNotSpared(mapping, target)} ${isFree}
    AND (${key}) NOT IN (SELECT ${key} FROM ${present})`
  return [
    ...(target === 'v2_tasks' ? promoteSubTasks(`parentTaskId IN (SELECT id FROM ${gone})`) : []),
    `DELETE FROM ${gone}`,
  ]
}
