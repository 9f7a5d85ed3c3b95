import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { driftOfSync } from '../sync-integrity.js'

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

/** Every foreign key of every v2 table leads to a row. */
export function checkReferences(db: Handle, mappings: readonly RowMapping[]): Check[] {
  return [...new Set(mappings.map(({ target }) => target))].map((table) => {
    const rows = db
      .prepare(
        `SELECT f."table" AS "table", r.id AS id, f.parent AS parent, k."from" AS column
         FROM pragma_foreign_key_check(?) f LEFT JOIN ${table} r ON r.rowid = f.rowid
         LEFT JOIN pragma_foreign_key_list(?) k ON k.id = f.fkid`,
      )
      .all(table, table)
    return noneOf(`references-${table}`, 'references', `Every reference of ${table} leads to a row`, rows)
  })
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
       FROM v2_task_type_sections t LEFT JOIN up_sections u ON u.id = t.id WHERE t.name IS NOT u.name`,
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

/** The sync is whole: its triggers and views stand, no guard row was left, nothing waits in quarantine. */
export function checkSync(db: Handle): Check[] {
  const leaks = db.prepare('SELECT direction FROM sync_guard').all()
  const quarantined = db
    .prepare(`SELECT mapping, rowId, reason FROM migration_quarantine LIMIT ${SAMPLES}`)
    .all()
  return [
    noneOf('sync-in-place', 'sync', 'Every trigger and view of the sync is as it should be', driftOfSync(db)),
    noneOf('sync-guard-empty', 'sync', 'No guard row was left behind', leaks),
    noneOf('quarantine-empty', 'sync', 'No row of v1 waits outside v2', quarantined),
  ]
}
