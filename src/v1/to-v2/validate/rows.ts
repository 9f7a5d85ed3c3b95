import type { Handle } from '../../../db/database.js'
import type { Check, TableResult } from '../../../migration/report.js'
import { heldReason } from '../held-rows.js'
import {
  andNotSpared,
  isRecorded,
  keptColumns,
  keyOf,
  keyTuple,
  viewName,
  type RowMapping,
} from '../mapping/row-mapping.js'
import { inSnapshot, overWindows, type Window, type Within } from './snapshot.js'

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
  rest: () => Promise<void>,
): Promise<Comparison> {
  const lookWithoutId = lookAt(db, mapping, withoutId)
  const tally = { sourceRows: 0, targetRows: 0, equal: 0, byRule: 0, quarantined: 0, mismatched: 0 }
  const samples: Difference[] = []
  const add = (seen: Seen) => {
    tally.sourceRows += seen.sourceRows
    tally.targetRows += seen.targetRows
    tally.quarantined += seen.quarantined
    tally.byRule += seen.byRule
    tally.equal += seen.sourceRows - seen.quarantined - seen.byRule - seen.changed
    tally.mismatched += seen.differing
    samples.push(...seen.samples.slice(0, SAMPLES - samples.length))
  }
  for (const { look, window } of overWindows(db, mapping.walks, (within) => lookAt(db, mapping, within))) {
    add(inSnapshot(db, () => look(window)))
    await rest()
  }
  if (isRecorded(mapping)) add(inSnapshot(db, () => lookWithoutId({ after: '', upTo: '' })))
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

/** Why v2 does not hold a row. Whether its parents are there matters only where it is not as v1 has it. */
const heldWhere = (mapping: RowMapping, isOther: string) =>
  `CASE WHEN u.misfit IS NOT NULL THEN u.misfit WHEN ${isOther} THEN ${heldReason(mapping)} END`

/** Ids that only one side has are found as long as the windows cover every id. They begin after the empty one, which no row of v2 has. */
const withoutId: Within = (id) => `(${id} IS NULL OR ${id} = '')`

interface Scope {
  source: number
  quarantined: number
  changed: number
}

type Seen = ReturnType<ReturnType<typeof lookAt>>

function lookAt(db: Handle, mapping: RowMapping, within: Within) {
  const view = viewName(mapping)
  const { target } = mapping
  const kept = keptColumns(mapping)
  const differs = ['0', ...kept.map((column) => `t.${column} IS NOT u.${column}`)].join(' OR ')
  const held = heldWhere(mapping, `t.id IS NULL OR ${differs}`)
  const changed = `FROM ${view} u LEFT JOIN ${target} t ON ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')}
    WHERE ${within('u.id')} AND ${held} IS NULL AND (t.id IS NULL OR ${differs})`
  const extra = `FROM ${target} t WHERE ${within('t.id')} AND ${isMine(mapping)} AND NOT ${isKnown(mapping)} AND NOT ${isNeeded(mapping)}`

  // A row that stopped fitting before the triggers stood: nobody has put it on record.
  const unrecorded = `FROM ${view} u LEFT JOIN ${target} t ON t.id = u.id
    WHERE ${within('u.id')} AND ${held} IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM migration_quarantine q
    WHERE q.mapping = '${mapping.name}' AND q.rowId = CAST(u.${mapping.sourceId ?? 'id'} AS TEXT) AND q.resolution IS NULL)`
  const byRule = `FROM migration_lineage l JOIN ${view} u ON u.id = l.rowId JOIN ${target} t ON t.id = u.id
    WHERE l.mapping = '${mapping.name}' AND ${within('l.rowId')} AND u.misfit IS NULL AND NOT (${differs})`

  // One look at the view counts all that it knows: its rules are what takes the time.
  const ofSource = db.prepare(
    `SELECT count(*) AS source, count(${held}) AS quarantined,
       count(CASE WHEN ${held} IS NULL AND (t.id IS NULL OR ${differs}) THEN 1 END) AS changed
     FROM ${view} u LEFT JOIN ${target} t ON ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')} WHERE ${within('u.id')}`,
  )
  const count = (sql: string) => db.prepare(`SELECT count(*) ${sql}`).pluck()
  const counts = {
    target: count(`FROM ${target} t WHERE ${within('t.id')} AND ${isMine(mapping)}`),
    extra: count(extra),
    unrecorded: count(unrecorded),
    byRule: db.prepare(`SELECT count(DISTINCT l.rowId) ${byRule}`).pluck(),
  }
  const changedIds = db.prepare(`SELECT u.id ${changed} LIMIT ${SAMPLES}`).pluck()
  const extraIds = db.prepare(`SELECT t.id ${extra} LIMIT ${SAMPLES}`).pluck()
  const unrecordedIds = db.prepare(`SELECT u.id ${unrecorded} LIMIT ${SAMPLES}`).pluck()
  const explain = explainRow(db, mapping)

  // What follows from rows in quarantine is no row of v1's: those are on record, and it waits with them.
  const inScope = ({ source, quarantined, changed }: Scope): Scope =>
    isRecorded(mapping)
      ? { source, quarantined, changed }
      : { source: source - quarantined, quarantined: 0, changed }

  return (window: Window) => {
    const at = (statement: { get(window: Window): unknown }) => statement.get(window) as number
    const source = inScope(ofSource.get(window) as Scope)
    const extraRows = at(counts.extra)
    const unrecordedRows = source.quarantined === 0 ? 0 : at(counts.unrecorded)
    const samples: Difference[] = []
    if (unrecordedRows > 0)
      samples.push(
        ...(unrecordedIds.all(window) as string[]).map((id) =>
          rowDifference(target, id, 'a row, or a record in quarantine', 'neither'),
        ),
      )
    if (source.changed > 0) samples.push(...(changedIds.all(window) as string[]).flatMap(explain))
    if (extraRows > 0)
      samples.push(
        ...(extraIds.all(window) as string[]).map((id) => rowDifference(target, id, 'no row', 'a row')),
      )
    return {
      sourceRows: source.source,
      targetRows: at(counts.target),
      quarantined: source.quarantined,
      byRule: at(counts.byRule),
      changed: source.changed,
      differing: source.changed + extraRows + unrecordedRows,
      samples,
    }
  }
}

/** Where several mappings have rows in one target. What is there for another reason too need not be known. */
const isMine = (mapping: RowMapping): string => {
  const { owns, key, heldBy } = mapping
  const isHeldAlone =
    key === undefined || heldBy === undefined
      ? '0'
      : `EXISTS (SELECT 1 FROM ${heldBy.table} holder WHERE ${heldBy.on('t')}) AND NOT ${isKnown(mapping)}`
  return `${owns?.('t') ?? '1'} AND NOT (${isHeldAlone}) ${andNotSpared(mapping, 't')}`
}

const isKnown = (mapping: RowMapping): string =>
  mapping.outlasts === true
    ? '1'
    : mapping.walks === undefined
      ? `${keyTuple(mapping, 't')} IN (SELECT ${keyOf(mapping).join(', ')} FROM ${viewName(mapping)})`
      : `EXISTS (SELECT 1 FROM ${mapping.walks} w WHERE w.id = t.id)`

/** A twin whose task has lost its own milestone in v1 stays for the templates that point to it. */
const isNeeded = ({ heldBy }: RowMapping): string =>
  heldBy === undefined ? '0' : `EXISTS (SELECT 1 FROM ${heldBy.table} holder WHERE ${heldBy.on('t')})`

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
    `SELECT ${['t.id IS NULL AS missing', ...values].join(', ')} FROM ${viewName(mapping)} u LEFT JOIN ${target} t ON ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')} WHERE u.id = ?`,
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
