import type { Handle } from '../../src/db/database.js'
import { heldAssignments, heldOf, type HeldRows } from '../../src/v1/to-v2/held-rows.js'
import { keepsIds, type RowMapping } from '../../src/v1/to-v2/mapping/row-mapping.js'
import { isUnsectioned } from '../../src/v1/to-v2/mapping/unsectioned.js'
import { mappingFor } from '../../src/v1/to-v2/v1-shape.js'

/** Every row and every value of v1 that is neither in v2, nor in the lineage, nor in quarantine as it is. */
export function unaccounted(db: Handle): string[] {
  const mappings = mappingFor(db).filter(keepsIds)
  return [
    ...mappings.flatMap((mapping) => [...missingRows(db, mapping), ...alteredValues(db, mapping)]),
    ...[heldAssignments, ...mappings.flatMap((mapping) => heldOf(mapping) ?? [])].flatMap((held) =>
      alteredInQuarantine(db, held),
    ),
  ]
}

const isHeld = (name: string, id: string) =>
  `EXISTS (SELECT 1 FROM migration_quarantine q WHERE q.mapping = '${name}' AND q.resolution IS NULL
     AND q.rowId = coalesce(CAST(${id} AS TEXT), ''))`

const sameBytes = (one: string, other: string) =>
  `(typeof(${one}) = typeof(${other}) AND CAST(${one} AS BLOB) IS CAST(${other} AS BLOB))`

function found(db: Handle, what: string, sql: string): string[] {
  const ids = db.prepare(sql).pluck().all()
  return ids.length === 0 ? [] : [`${ids.length} of ${what}, such as ${String(ids[0])}`]
}

const missingRows = (db: Handle, { name, source, target }: RowMapping) =>
  found(
    db,
    `${source}: the row`,
    `SELECT s.id FROM ${source} s WHERE NOT EXISTS (SELECT 1 FROM ${target} t WHERE t.id = s.id) AND NOT ${isHeld(name, 's.id')}
       AND NOT ${isUnsectioned('s.id')}`,
  )

/** What v1 calls a column whose value a rule makes. */
const madeFrom: Record<string, string> = { 'sections.name': 'name' }

/** What v2 has named is in v1 as a form says. */
const isNamedInV2 = (form: RowMapping['form']) =>
  form === undefined ? '0' : `EXISTS (SELECT 1 FROM ${form.table} f WHERE f.id = s.id)`

const alteredValues = (db: Handle, { name, source, target, columns, form }: RowMapping) =>
  Object.entries(columns).flatMap(([column, { holds = madeFrom[`${name}.${column}`] }]) =>
    holds === undefined
      ? []
      : found(
          db,
          `${source}.${holds}`,
          `SELECT s.id FROM ${source} s JOIN ${target} t ON t.id = s.id
           LEFT JOIN migration_lineage l ON l.mapping = '${name}' AND l.rowId = s.id AND l."column" = '${column}'
           WHERE NOT ${isHeld(name, 's.id')} AND NOT ${isNamedInV2(form)} AND NOT ${sameBytes(`s."${holds}"`, `t."${column}"`)}
             AND NOT coalesce(${isUnsectioned(`s."${holds}"`)}, 0)
             AND NOT (l.rule IS NOT NULL AND ${sameBytes(`s."${holds}"`, 'l.original')})`,
        ),
  )

/** SQL for a value of the row as the quarantine has it. */
function onRecord(column: string): string {
  const at = (path: string) => `json_extract(q.row, '$."${column}"${path}')`
  return `CASE WHEN json_type(q.row, '$."${column}"') = 'object'
    THEN coalesce(unhex(${at('.hex')}), CAST(${at('.integer')} AS INTEGER)) ELSE ${at('')} END`
}

const alteredInQuarantine = (db: Handle, { name, source, columns }: HeldRows) =>
  columns.flatMap((column) =>
    found(
      db,
      `${source}.${column} in quarantine`,
      `SELECT s.id FROM migration_quarantine q JOIN ${source} s ON coalesce(CAST(s.id AS TEXT), '') = q.rowId
       WHERE q.mapping = '${name}' AND q.resolution IS NULL AND q.row IS NOT NULL
         AND NOT ${sameBytes(onRecord(column), `s."${column}"`)}`,
    ),
  )
