import { v1Table } from '../../../migrations/v1-tables.js'
import { isRecorded, viewName, type RowMapping } from './mapping/row-mapping.js'

/** Rows of a v1 table, some of which v2 does not hold. */
export interface HeldRows {
  /** Of the mapping, as the quarantine has it. */
  name: string
  /** The v1 table. */
  source: string
  /** The columns of it that are put on record. */
  columns: readonly string[]
  /** SELECT of `id` and `reason`, which is NULL where the row fits. */
  select: string
}

/** Whether v2 has what a row of the view refers to by the column. A parent that is half there is none. */
export function parentIsThere({ parents, wholeParents }: RowMapping, column: string, alias = 'u'): string {
  const whole = wholeParents?.[column]
  return `(${alias}.${column} IS NULL OR EXISTS (SELECT 1 FROM ${parents[column] ?? ''} parent
    WHERE parent.id = ${alias}.${column}${whole === undefined ? '' : ` AND ${whole}`}))`
}

/** SQL over the mapping's view `u`: whether v2 can hold the row, and has its parents. */
export const fits = (mapping: RowMapping): string =>
  ['u.misfit IS NULL', ...Object.keys(mapping.parents).map((column) => parentIsThere(mapping, column))].join(
    ' AND ',
  )

/** SQL over the mapping's view `u`: why v2 does not hold the row. Its own misfit, or that its parent is held. */
export const heldReason = (mapping: RowMapping): string =>
  `CASE WHEN u.misfit IS NOT NULL THEN u.misfit ${Object.keys(mapping.parents)
    .map((column) => `WHEN NOT ${parentIsThere(mapping, column)} THEN 'dependant:${column}'`)
    .join(' ')} END`

/** Only of rows that are the source's own, one for one: others follow from those. */
export const heldOf = (mapping: RowMapping): HeldRows | undefined =>
  isRecorded(mapping)
    ? {
        name: mapping.name,
        source: mapping.source,
        columns: columnsOf(mapping),
        select: `SELECT u.${mapping.sourceId ?? 'id'} AS id, ${heldReason(mapping)} AS reason FROM ${viewName(mapping)} u`,
      }
    : undefined

/** An assignment stands in a table that both versions share. One without its parents has no instances in v2. */
export const heldAssignments: HeldRows = {
  name: 'assignments',
  source: 'supplier_project_instances',
  columns: namesIn('supplier_project_instances'),
  select: `SELECT a.id, CASE
      WHEN NOT EXISTS (SELECT 1 FROM suppliers s WHERE s.id = a.supplierId) THEN 'orphan:supplierId'
      WHEN NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = a.projectId) THEN 'orphan:projectId' END AS reason
    FROM supplier_project_instances a`,
}

/** All of them, parents first. */
export const allHeld = (mappings: readonly RowMapping[]): HeldRows[] => [
  heldAssignments,
  ...mappings.flatMap((mapping) => heldOf(mapping) ?? []),
]

export const heldViewName = ({ name }: Pick<HeldRows, 'name'>): string => `held_${name}`

export const createHeldViews = (mappings: readonly RowMapping[]): string[] =>
  allHeld(mappings).map((held) => `CREATE VIEW ${heldViewName(held)} AS ${held.select}`)

/** A row of alias `s` as JSON, every byte of it: a BLOB is `{"hex": …}`, what a double cannot hold `{"integer": …}`. */
export const rowAsJson = ({ columns }: Pick<HeldRows, 'columns'>): string =>
  `json_object(${columns.map((column) => `'${column}', ${asJson(`s.${column}`)}`).join(', ')})`

const asJson = (value: string) =>
  `CASE WHEN typeof(${value}) = 'blob' THEN json_object('hex', hex(${value}))
    WHEN typeof(${value}) = 'integer' AND abs(${value}) > ${Number.MAX_SAFE_INTEGER} THEN json_object('integer', CAST(${value} AS TEXT))
    ELSE ${value} END`

/** What a file may lack is on record where the mapping reads it. */
function columnsOf({ source, columns }: RowMapping): string[] {
  const known = namesIn(source)
  const later = Object.values(columns).flatMap(({ holds }) =>
    holds === undefined || known.includes(holds) ? [] : [holds],
  )
  return [...known, ...later]
}

function namesIn(source: string): string[] {
  return v1Table(source)?.columns.map(([column]) => column) ?? []
}
