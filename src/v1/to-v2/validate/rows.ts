import type { Handle } from '../../../db/database.js'
import type { Check, TableResult } from '../../../migration/report.js'
import { keptColumns, keyOf, keyTuple, viewName, type RowMapping } from '../mapping/row-mapping.js'
import { inSnapshot, windowsOf } from './snapshot.js'

const SAMPLES = 20

/** One value that is not what v1's row says: named by table, id and column. */
interface Difference {
  table: string
  id: string
  column: string
  expected: string
  actual: string
}

export interface Comparison {
  result: TableResult
  check: Check
}

/**
 * Compares every column that v1 keeps, of every row, both ways: rows that v2 lacks, rows that differ,
 * and rows that v1 has no reason for. Values are compared in SQL, byte by byte: JavaScript would alter
 * some of them on the way.
 */
export async function compareRows(
  db: Handle,
  mapping: RowMapping,
  siblings: readonly RowMapping[],
  rest: () => Promise<void>,
): Promise<Comparison> {
  const look = lookAt(db, mapping, siblings)
  const tally = { sourceRows: 0, targetRows: 0, quarantined: 0, mismatched: 0 }
  const samples: Difference[] = []
  for (const window of windows(db, mapping)) {
    const seen = inSnapshot(db, () => look(window))
    tally.sourceRows += seen.sourceRows
    tally.targetRows += seen.targetRows
    tally.quarantined += seen.quarantined
    tally.mismatched += seen.differing
    samples.push(...seen.samples.slice(0, SAMPLES - samples.length))
    await rest()
  }
  return asComparison(mapping, tally, samples)
}

function asComparison(
  mapping: RowMapping,
  tally: Omit<TableResult, 'source' | 'target'>,
  samples: Difference[],
): Comparison {
  return {
    result: { source: mapping.source, target: mapping.target, ...tally },
    check: {
      id: `rows-${mapping.name}`,
      group: 'rows',
      title: `Every row of ${mapping.source} is in ${mapping.target} with equal values, and no other row is`,
      status: tally.mismatched === 0 ? 'passed' : 'failed',
      expected: { rows: tally.sourceRows - tally.quarantined, differing: 0 },
      actual: { rows: tally.targetRows, differing: tally.mismatched },
      samples,
    },
  }
}

interface Window {
  after: string
  upTo: string | null
}

/** Ids that only one side has are found as long as the windows cover every id, so those of the source do. */
const windows = (db: Handle, { walks }: RowMapping): Iterable<Window> =>
  walks === undefined ? [{ after: '', upTo: null }] : windowsOf(db, walks)

function lookAt(db: Handle, mapping: RowMapping, siblings: readonly RowMapping[]) {
  const view = viewName(mapping)
  const { target } = mapping
  const within = (id: string) => `${id} > @after AND (@upTo IS NULL OR ${id} <= @upTo)`
  const kept = keptColumns(mapping)
  const differs = kept.map((column) => `t.${column} IS NOT u.${column}`).join(' OR ')
  const changed = `FROM ${view} u LEFT JOIN ${target} t ON ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')}
    WHERE ${within('u.id')} AND u.misfit IS NULL AND (t.id IS NULL OR ${differs})`
  const extra = `FROM ${target} t WHERE ${within('t.id')} AND ${isMine(mapping, siblings)} AND NOT ${isKnown(mapping)}`

  // A row that stopped fitting before the triggers stood: nobody has put it on record.
  const unrecorded = `FROM ${view} u WHERE ${within('u.id')} AND u.misfit IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM migration_quarantine q WHERE q.mapping = '${mapping.name}' AND q.rowId = u.id)`

  const count = (sql: string) => db.prepare(`SELECT count(*) ${sql}`).pluck()
  const counts = {
    source: count(`FROM ${view} u WHERE ${within('u.id')}`),
    quarantined: count(`FROM ${view} u WHERE ${within('u.id')} AND u.misfit IS NOT NULL`),
    target: count(`FROM ${target} t WHERE ${within('t.id')} AND ${isMine(mapping, siblings)}`),
    changed: count(changed),
    extra: count(extra),
    unrecorded: count(unrecorded),
  }
  const changedIds = db.prepare(`SELECT u.id ${changed} LIMIT ${SAMPLES}`).pluck()
  const extraIds = db.prepare(`SELECT t.id ${extra} LIMIT ${SAMPLES}`).pluck()
  const unrecordedIds = db.prepare(`SELECT u.id ${unrecorded} LIMIT ${SAMPLES}`).pluck()
  const explain = explainRow(db, mapping)

  return (window: Window) => {
    const at = (statement: { get(window: Window): unknown }) => statement.get(window) as number
    const changedRows = at(counts.changed)
    const extraRows = at(counts.extra)
    const unrecordedRows = at(counts.unrecorded)
    const samples: Difference[] = []
    if (unrecordedRows > 0)
      samples.push(
        ...(unrecordedIds.all(window) as string[]).map((id) =>
          rowDifference(target, id, 'a row, or a record in quarantine', 'neither'),
        ),
      )
    if (changedRows > 0) samples.push(...(changedIds.all(window) as string[]).flatMap(explain))
    if (extraRows > 0)
      samples.push(
        ...(extraIds.all(window) as string[]).map((id) => rowDifference(target, id, 'no row', 'a row')),
      )
    return {
      sourceRows: at(counts.source),
      targetRows: at(counts.target),
      quarantined: at(counts.quarantined),
      differing: changedRows + extraRows + unrecordedRows,
      samples,
    }
  }
}

/** Tasks and twins share a target: what v1 has no row for counts as a twin. */
const isMine = (mapping: RowMapping, siblings: readonly RowMapping[]): string => {
  if (siblings.length === 1) return '1'
  const hasRow = 'EXISTS (SELECT 1 FROM tasks own WHERE own.id = t.id)'
  return mapping.walks === undefined ? `NOT ${hasRow}` : hasRow
}

const isKnown = (mapping: RowMapping): string =>
  mapping.walks === undefined
    ? `${keyTuple(mapping, 't')} IN (SELECT ${keyOf(mapping).join(', ')} FROM ${viewName(mapping)})`
    : `EXISTS (SELECT 1 FROM ${mapping.walks} w WHERE w.id = t.id)`

const rowDifference = (table: string, id: string, expected: string, actual: string): Difference => ({
  table,
  id,
  column: 'id',
  expected,
  actual,
})

/** Which columns of a row differ, and how; long values are cut. */
function explainRow(db: Handle, mapping: RowMapping): (id: string) => Difference[] {
  const { target } = mapping
  const kept = keptColumns(mapping)
  const values = kept.flatMap((column) => [
    `u.${column} IS NOT t.${column} AS "${column}?"`,
    `substr(quote(u.${column}), 1, 200) AS "${column}>"`,
    `substr(quote(t.${column}), 1, 200) AS "${column}<"`,
  ])
  const row = db.prepare(
    `SELECT t.id IS NULL AS missing, ${values.join(', ')} FROM ${viewName(mapping)} u LEFT JOIN ${target} t ON ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')} WHERE u.id = ?`,
  )
  return (id) => {
    const found = row.get(id) as Record<string, unknown>
    if (found.missing === 1) return [rowDifference(target, id, 'a row', 'no row')]
    return kept
      .filter((column) => found[`${column}?`] === 1)
      .map((column) => ({
        table: target,
        id,
        column,
        expected: String(found[`${column}>`]),
        actual: String(found[`${column}<`]),
      }))
  }
}
