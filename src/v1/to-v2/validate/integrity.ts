import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { isLegacySection } from '../mapping/legacy-names.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { driftOfSync } from '../sync/objects.js'
import { mirrorReasons } from '../sync/record-held.js'
import { inSnapshot, WINDOW_ROWS } from './snapshot.js'

const SAMPLES = 20

/** A check that passes when there is nothing to show. */
export const noneOf = (id: string, group: string, title: string, found: readonly unknown[]): Check => ({
  id,
  group,
  title,
  status: found.length === 0 ? 'passed' : 'failed',
  expected: 0,
  actual: found.length,
  samples: found.slice(0, SAMPLES),
})

/** Every foreign key of every v2 table leads to a row. In windows: SQLite's own check looks at a whole table at once. */
export async function checkReferences(
  db: Handle,
  mappings: readonly RowMapping[],
  rest: () => Promise<void>,
): Promise<Check[]> {
  const checks: Check[] = []
  const own = mappings.map(({ target }) => target).filter((target) => target.startsWith('v2_'))
  for (const table of new Set(own)) {
    const look = danglingIn(db, table)
    const found: unknown[] = []
    const last = db.prepare(`SELECT coalesce(max(rowid), 0) FROM ${table}`).pluck().get() as number
    for (let after = 0; after < last; after += WINDOW_ROWS) {
      found.push(...inSnapshot(db, () => look(after)))
      await rest()
    }
    checks.push(
      noneOf(`references-${table}`, 'references', `Every reference of ${table} leads to a row`, found),
    )
  }
  return checks
}

/** The rows of a window, in the order of the file, that refer to nothing, by the foreign keys that the table declares. */
function danglingIn(db: Handle, table: string): (after: number) => unknown[] {
  const keys = db
    .prepare(
      `SELECT "table" AS parent, "from" AS column, "to" AS parentColumn FROM pragma_foreign_key_list(?)`,
    )
    .all(table) as { parent: string; column: string; parentColumn: string }[]
  const statements = keys.map(({ parent, column, parentColumn }) =>
    db.prepare(
      `SELECT '${table}' AS "table", r.id, '${parent}' AS parent, '${column}' AS column FROM ${table} r
       WHERE r.rowid > ? AND r.rowid <= ? + ${WINDOW_ROWS} AND r.${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE p.${parentColumn} = r.${column})`,
    ),
  )
  return (after) => statements.flatMap((statement) => statement.all(after, after))
}

/** Section names are unique in their task type, and each is a milestone's own or explained by a rule. */
export function checkSectionNames(db: Handle): Check[] {
  const doubles = db
    .prepare(
      `SELECT 'v2_task_type_sections' AS "table", min(id) AS id, 'name' AS column, taskTypeId, name, count(*) AS rows
       FROM v2_task_type_sections GROUP BY taskTypeId, name HAVING count(*) > 1`,
    )
    .all()
  const unexplained = db
    .prepare(
      `SELECT 'v2_task_type_sections' AS "table", t.id, 'name' AS column, u.name AS expected, t.name AS actual, u.rule
       FROM v2_task_type_sections t LEFT JOIN up_sections u ON u.id = t.id
       WHERE u.misfit IS NULL AND t.name IS NOT u.name AND NOT ${isLegacySection('t')}`,
    )
    .all()
  return [
    noneOf('section-names-unique', 'names', 'Section names are unique in their task type', doubles),
    noneOf(
      'section-names-explained',
      'names',
      'Every section has the name that the rules give it',
      unexplained,
    ),
  ]
}

/** What the rows in quarantine mean for the check: an operator may have asked to go on without them. */
export type HeldRowsMean = 'failed' | 'noted'

/** The sync is whole: its triggers and views stand, no guard row was left, and every write is in both versions. */
export function checkSync(db: Handle, heldRowsMean: HeldRowsMean): Check[] {
  const leaks = db.prepare('SELECT direction FROM sync_guard').all()
  const waiting = (which: string) =>
    db
      .prepare(
        `SELECT source AS "table", rowId AS id, reason FROM migration_quarantine
         WHERE resolution IS NULL AND reason ${which} ${mirrorReasons} ORDER BY mapping, rowId`,
      )
      .all()
  const held = noneOf('quarantine-empty', 'sync', 'No row of v1 waits outside v2', waiting('NOT IN'))
  return [
    noneOf('sync-in-place', 'sync', 'Every trigger and view of the sync is as it should be', driftOfSync(db)),
    noneOf('sync-guard-empty', 'sync', 'No guard row was left behind', leaks),
    noneOf('writes-carried-over', 'sync', 'Every write is in both versions', waiting('IN')),
    held.status === 'passed' ? held : { ...held, status: heldRowsMean },
  ]
}
