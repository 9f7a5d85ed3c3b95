import type { Handle } from '../../../db/database.js'
import type { Check, LineageCount } from '../../../migration/report.js'
import { isTraced, lineageViewName } from '../lineage.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { noneOf } from './integrity.js'
import { inSnapshot, overWindows, type Within } from './snapshot.js'

/** How many values are not simply v1's, by the rule that made them. */
export const countLineage = (db: Handle, mappings: readonly RowMapping[]): LineageCount[] =>
  mappings.flatMap(
    ({ name, target }) =>
      db
        .prepare(
          `SELECT '${target}' AS "table", "column", rule, count(*) AS "values" FROM migration_lineage
           WHERE mapping = '${name}' GROUP BY "column", rule ORDER BY "column", rule`,
        )
        .all() as LineageCount[],
  )

/** Every value that is not simply v1's is on record with what v1 has, and nothing else is. */
export async function checkLineage(
  db: Handle,
  mappings: readonly RowMapping[],
  rest: () => Promise<void>,
): Promise<Check> {
  const found: unknown[] = []
  for (const mapping of mappings.filter(isTraced)) {
    const prepare = (within: Within) => db.prepare(differing(mapping, within))
    for (const { look, window } of overWindows(db, mapping.source, prepare)) {
      found.push(...inSnapshot(db, () => look.all(window)))
      await rest()
    }
  }
  return noneOf(
    'lineage-complete',
    'lineage',
    'Every value that is not simply v1’s is on record, with its rule and what v1 has',
    found,
  )
}

function differing(mapping: RowMapping, within: Within): string {
  const { name, target } = mapping
  const derived = `SELECT l.id, l."column", l.rule, l.original FROM ${lineageViewName(mapping)} l
    JOIN ${target} t ON t.id = l.id JOIN up_${name} u ON u.id = l.id WHERE ${within('l.id')} AND u.misfit IS NULL`
  const recorded = `SELECT rowId AS id, "column", rule, original FROM migration_lineage
    WHERE mapping = '${name}' AND ${within('rowId')}
      AND NOT EXISTS (SELECT 1 FROM up_${name} u WHERE u.id = rowId AND u.misfit IS NOT NULL)`
  return `SELECT '${target}' AS "table", id, "column", rule, 'on record' AS expected, 'not on record' AS actual
      FROM (${derived} EXCEPT ${recorded})
    UNION ALL SELECT '${target}', id, "column", rule, 'not on record', 'on record' FROM (${recorded} EXCEPT ${derived})`
}
