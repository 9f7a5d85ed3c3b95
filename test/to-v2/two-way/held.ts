import type { Handle } from '../../../src/db/database.js'
import { allHeld, heldViewName } from '../../../src/v1/to-v2/held-rows.js'
import { downMappingOf } from '../../../src/v1/to-v2/mapping/down-mapping.js'
import { keepsIds, type RowMapping } from '../../../src/v1/to-v2/mapping/row-mapping.js'
import { downViewName } from '../../../src/v1/to-v2/sync/down-procedures.js'
import { driftOfSync } from '../../../src/v1/to-v2/sync/objects.js'
import { mappingFor } from '../../../src/v1/to-v2/v1-shape.js'
import { checkLineage } from '../../../src/v1/to-v2/validate/lineage.js'
import { compareRows } from '../../../src/v1/to-v2/validate/rows.js'
import { unaccounted } from '../accounted.js'

/**
 * Everything in which rows of v1 are neither equal in v2 nor in quarantine, with the reason that they have;
 * nothing where each is one of the two, and every byte of it is on record.
 */
export async function unheld(handle: Handle): Promise<unknown[]> {
  const mappings = mappingFor(handle)
  const found: unknown[] = [
    ...driftOfSync(handle),
    ...handle.prepare('SELECT * FROM sync_guard').all(),
    ...handle.prepare(`SELECT * FROM pragma_foreign_key_check WHERE "table" GLOB 'v2_*'`).all(),
    ...unaccounted(handle),
    ...allHeld(mappings).flatMap(({ name }) => misjudged(handle, name)),
    ...mappings.filter(keepsIds).flatMap((mapping) => unmirroredForNothing(handle, mapping)),
  ]
  for (const mapping of mappings) {
    const { result, check } = await compareRows(handle, mapping, async () => undefined)
    const { sourceRows, equal, byRule, quarantined, mismatched } = result
    if (mismatched !== countOnlyInV2(handle, mapping) || sourceRows !== equal + byRule + quarantined)
      found.push(result, check)
  }
  const lineage = await checkLineage(handle, mappings, async () => undefined)
  if (lineage.status === 'failed') found.push(lineage)
  return found
}

/**
 * The quarantine is what the rows are like now, with the reason and no other. A row of v2 that v1 could not take
 * over, or only beside something that does not fit, is on record as that, whatever stands in its way.
 */
function misjudged(handle: Handle, name: string): unknown[] {
  const recorded = `SELECT rowId AS id, reason FROM migration_quarantine WHERE mapping = '${name}' AND resolution IS NULL`
  const unmirrored = `SELECT id FROM (${recorded} AND reason = 'unmirrored')`
  const held = `SELECT id, reason FROM ${heldViewName({ name })} WHERE reason IS NOT NULL AND id NOT IN (${unmirrored})`
  return handle
    .prepare(
      `SELECT '${name}' AS mapping, id, reason, 'is not so' AS "is" FROM (${recorded} AND reason <> 'unmirrored' EXCEPT ${held})
       UNION ALL SELECT '${name}', id, reason, 'is not on record' FROM (${held} EXCEPT ${recorded})`,
    )
    .all()
}

/** What is on record as not taken over by v1, though nothing that does not fit stands in its way there. */
function unmirroredForNothing(handle: Handle, mapping: RowMapping): unknown[] {
  const down = downMappingOf(mapping)
  if (down === undefined) return []
  const isHeld = (id: string) =>
    `EXISTS (SELECT 1 FROM ${heldViewName(mapping)} h WHERE h.id = ${id} AND h.reason IS NOT NULL)`
  const hasItsKey = down.unique.map((column) => `other.${column} = d.${column}`).join(' AND ')
  return handle
    .prepare(
      `SELECT q.mapping, q.rowId AS id, 'stands in nobody’s way' AS "is" FROM migration_quarantine q
       WHERE q.mapping = '${mapping.name}' AND q.resolution IS NULL AND q.reason = 'unmirrored' AND NOT ${isHeld('q.rowId')}
         AND NOT EXISTS (SELECT 1 FROM ${downViewName(mapping)} d JOIN ${mapping.source} other ON other.id <> d.id AND ${hasItsKey}
           WHERE d.id = q.rowId AND ${isHeld('other.id')})`,
    )
    .all()
}

/** Rows of v2 on record as such that v1 could not take over: one that does not fit, and that v2 never had, has their key there. */
const countOnlyInV2 = (handle: Handle, { name, source, target }: RowMapping) =>
  handle
    .prepare(
      `SELECT count(*) FROM migration_quarantine q JOIN ${target} t ON t.id = q.rowId
       WHERE q.mapping = '${name}' AND q.resolution IS NULL AND q.reason = 'unmirrored'
         AND NOT EXISTS (SELECT 1 FROM ${source} s WHERE s.id = q.rowId)`,
    )
    .pluck()
    .get() as number

type Values = Record<string, string>

/** Rows that v1 has made unfit and v2 still has: what each column is in v2, and which bytes v1 has for it. */
export type Unfit = ReadonlyMap<string, { v1: Values; v2: Values }>

export function readUnfit(handle: Handle): Unfit {
  const rows = mappingFor(handle)
    .filter(keepsIds)
    .flatMap(({ name, source, target, columns }) => {
      const pairs = Object.entries(columns).flatMap(([column, { holds }]) =>
        // A section's code and a task's name may be held by a form, and places follow from others.
        holds === undefined || /Id$|^name$|^code$/.test(column) ? [] : [[column, holds] as const],
      )
      const bytes = (alias: string, column: string) =>
        `'${column}', typeof(${alias}."${column}") || ' ' || hex(CAST(${alias}."${column}" AS BLOB))`
      return handle
        .prepare(
          `SELECT '${name}:' || s.id AS "key",
             json_object(${pairs.map(([column, holds]) => bytes('s', holds).replace(`'${holds}'`, `'${column}'`)).join(', ')}) AS v1,
             json_object(${pairs.map(([column]) => bytes('t', column)).join(', ')}) AS v2
           FROM ${source} s JOIN ${target} t ON t.id = s.id JOIN ${heldViewName({ name })} h ON h.id = s.id
           WHERE h.reason IS NOT NULL`,
        )
        .all() as { key: string; v1: string; v2: string }[]
    })
  return new Map(
    rows.map(({ key, v1, v2 }) => [key, { v1: JSON.parse(v1) as Values, v2: JSON.parse(v2) as Values }]),
  )
}

/** Values of v1 that a write to v2 has changed in rows that do not fit, though it changes nothing of them in v2. */
export const overwritten = (before: Unfit, after: Unfit): string[] =>
  [...before].flatMap(([key, old]) => {
    const row = after.get(key)
    if (row === undefined) return []
    return Object.keys(old.v1)
      .filter((column) => old.v1[column] !== row.v1[column] && old.v2[column] === row.v2[column])
      .map((column) => `${key}.${column}: ${old.v1[column]} → ${row.v1[column]}`)
  })
