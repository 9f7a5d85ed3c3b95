import { sql, type Transaction } from 'kysely'
import type { V1Tables } from '../../tables.js'
import type { V2Tables } from '../../../v2/tables.js'
import { isDeepStrictEqual } from 'node:util'
import { literal } from '../../../db/quoting.js'
import { underSchema } from '../../../db/database.js'
import { openReaderPool } from '../../../db/reader-pool.js'
import type { Check } from '../../../migration/report.js'
import { v2Dashboard } from '../../../v2/dashboard/dashboard.js'
import { v1Dashboard } from '../../dashboard/v1-dashboard.js'
import { isUnsectionedId } from '../mapping/unsectioned.js'
import { heldOf } from '../held-rows.js'
import { isLegacySection, isOfLegacyModel } from '../mapping/legacy-names.js'
import { keepsIds, type RowMapping } from '../mapping/row-mapping.js'
import { statusByRules } from '../status-rules.js'
import { mirrorReasons } from '../sync/record-held.js'
import { noneOf } from './integrity.js'

/** Of a dashboard, however large the database and busy the machine. */
const LONGEST_COUNT_MS = 600_000

interface Compared {
  key: string
  counts: object
}

/**
 * Both dashboards, of the rows that v2 is to hold, at one instant and on one snapshot: totals, and line by line. In a thread of its own, so
 * that the caller can do something else, or go on without it.
 */
export async function checkDashboards(
  path: string,
  mappings: readonly RowMapping[],
  asOf: number,
): Promise<Check[]> {
  const db = openReaderPool<unknown>({ path, threads: 1, limitMs: LONGEST_COUNT_MS, yields: true })
  try {
    return await db.transaction().execute(async (trx) => {
      for (const statement of asBothHold(mappings)) await sql.raw(statement).execute(trx)
      const legacy = await readLegacy(trx, mappings)
      const v1 = await v1Dashboard(underSchema<V1Tables, unknown>(trx), asOf)
      const v2 = await v2Dashboard(underSchema<V2Tables, unknown>(trx), asOf)
      return [
        compared('totals', [{ key: 'totals', counts: v1.totals }], [{ key: 'totals', counts: v2.totals }]),
        compared('supplier', v1.bySupplier.map(bySupplier), v2.bySupplier.map(bySupplier)),
        compared('project', v1.byProject.map(byProject), v2.byProject.map(byProject)),
        compared(
          'section',
          // A section's name is by rule; the rows' check knows it.
          // Tasks without a section are in no line of v2's.
          v1.byMilestone
            .filter(({ milestoneId }) => !isUnsectionedId(milestoneId))
            .map(({ milestoneId, code: _code, name: _name, ...counts }) => ({
              key: milestoneId,
              counts: legacy.isCounted ? {} : counts,
            })),
          v2.bySection
            .filter(({ sectionId }) => !legacy.sections.includes(sectionId))
            .map(({ sectionId, name: _name, ...counts }) => ({
              key: sectionId,
              counts: legacy.isCounted ? {} : counts,
            })),
        ),
      ]
    })
  } finally {
    await db.destroy()
  }
}

/**
 * The tables of both versions without what is in quarantine, and v1's with the statuses that the rules make:
 * in the place of the real ones, for this connection. All else is compared as it stands.
 */
const asBothHold = (mappings: readonly RowMapping[]): string[] => [
  ...mappings.filter(keepsIds).map(
    (mapping) =>
      // The dashboards count in parts of the table, by its row ids.
      `CREATE TEMP VIEW ${mapping.source} AS SELECT s.rowid, ${readAsV2(mapping).join(', ')}
       FROM main.${mapping.source} s WHERE ${isFree([mapping])} ${andIsCounted(mapping)}`,
  ),
  ...targetsOf(mappings).map(
    ([target, those]) =>
      `CREATE TEMP VIEW ${target} AS SELECT rowid, * FROM main.${target}
       WHERE ${isFree(those)}`,
  ),
]

const readAsV2 = (mapping: RowMapping) =>
  (heldOf(mapping)?.columns ?? []).map((column) =>
    mapping.columns.status !== undefined && column === 'status'
      ? `${statusByRules('s.status')} AS status`
      : `s.${column}`,
  )

/** The id of a duplicate is in v2 as that of the row that has it there. */
const isFree = (mappings: readonly RowMapping[]) =>
  `id NOT IN (SELECT rowId FROM main.migration_quarantine
      WHERE mapping IN (${mappings.map(({ name }) => literal(name)).join(', ')}) AND resolution IS NULL
      AND reason NOT IN ${mirrorReasons} ${mappings.length > 1 ? `AND reason <> 'legacy-duplicate:id'` : ''})`

/** v1 counts its legacy instances by the active ones that it has, held or not, and also those that v2 has set aside. */
const andIsCounted = ({ name }: RowMapping) =>
  name === 'legacy_instances'
    ? `AND NOT EXISTS (SELECT 1 FROM main.supplier_task_instances) AND id NOT IN (SELECT id FROM main.set_aside_instances)`
    : ''

const targetsOf = (mappings: readonly RowMapping[]) =>
  [...new Set(mappings.filter(keepsIds).map(({ target }) => target))].map(
    (target) => [target, mappings.filter((one) => one.target === target)] as const,
  )

/**
 * v1 counts its legacy instances under no milestone, wherever they stand in v2; and it has none for the
 * sections that were made for them.
 */
async function readLegacy(trx: Transaction<unknown>, mappings: readonly RowMapping[]) {
  const { rows: sections } = await sql<{ id: string }>`
    select t.id from main.v2_task_type_sections t where ${sql.raw(isLegacySection('t'))}`.execute(trx)
  const { rows: active } = await sql`select 1 from main.supplier_task_instances limit 1`.execute(trx)
  const hasLegacy = mappings.some(({ name }) => isOfLegacyModel(name))
  return { isCounted: hasLegacy && active.length === 0, sections: sections.map(({ id }) => id) }
}

const bySupplier = ({ supplierId, ...counts }: { supplierId: string }): Compared => ({
  key: supplierId,
  counts,
})
const byProject = ({ projectId, ...counts }: { projectId: string }): Compared => ({ key: projectId, counts })

function compared(scope: string, v1: readonly Compared[], v2: readonly Compared[]): Check {
  const expected = new Map(v1.map(({ key, counts }) => [key, counts]))
  const actual = new Map(v2.map(({ key, counts }) => [key, counts]))
  const differing = [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((key) => !isDeepStrictEqual(expected.get(key), actual.get(key)))
    .map((key) => ({ id: key, expected: expected.get(key) ?? null, actual: actual.get(key) ?? null }))
  const title =
    scope === 'totals'
      ? 'The dashboards have the same totals'
      : `The dashboards agree for every ${scope} (${expected.size})`
  return noneOf(`dashboard-${scope}`, 'dashboards', title, differing)
}
