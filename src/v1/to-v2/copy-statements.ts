import { keptColumns, keyOf, viewName, type RowMapping } from './mapping/row-mapping.js'

/**
 * INSERT … SELECT from the mapping's view, of the rows that satisfy `condition` (over `u`), that fit,
 * and whose parents v2 has already: others wait for theirs.
 */
export function insertSelect(mapping: RowMapping, condition: string): string {
  const columns = ['id', ...Object.keys(mapping.columns)].join(', ')
  const parents = Object.entries(mapping.parents).map(
    ([column, table]) => `AND EXISTS (SELECT 1 FROM ${table} parent WHERE parent.id = u.${column})`,
  )
  const order = mapping.firstWritten === undefined ? '' : `ORDER BY ${mapping.firstWritten} DESC`
  return `INSERT INTO ${mapping.target} (${columns})
    SELECT ${columns} FROM ${viewName(mapping)} u WHERE (${condition}) AND u.misfit IS NULL ${parents.join(' ')} ${order}`
}

/** Never overwrites: a trigger may have put a newer row there already. */
export const copyMissing = (mapping: RowMapping, condition: string): string =>
  `${insertSelect(mapping, condition)} ON CONFLICT DO NOTHING`

/**
 * Overwrites what v1 keeps, where it differs; v2's own columns stand. A row whose other unique key is
 * taken stays as it is: while a delete cascades, v2 still has rows that v1 has lost already, and the
 * trigger that removes them looks at this row again. A mirror never makes a user's write fail.
 */
export function copyChanged(mapping: RowMapping, condition: string): string {
  const { target, columns, unique } = mapping
  const kept = keptColumns(mapping)
  const arriving = (column: string) => `${columns[column]?.keeper === 'v1' ? 'excluded' : target}.${column}`
  const holder = `SELECT 1 FROM ${target} other WHERE other.id <> excluded.id
          AND ${unique.map((column) => `other.${column} IS ${arriving(column)}`).join(' AND ')}`
  return `${insertSelect(mapping, condition)}
    ON CONFLICT (${keyOf(mapping).join(', ')}) DO UPDATE SET ${kept.map((column) => `${column} = excluded.${column}`).join(', ')}
      WHERE (${kept.map((column) => `${target}.${column} IS NOT excluded.${column}`).join(' OR ')})
        ${mapping.key === undefined ? `AND NOT EXISTS (${holder})` : ''}
    ON CONFLICT DO NOTHING`
}
