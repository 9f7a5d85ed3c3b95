import type { Handle } from '../../../db/database.js'
import { caseNumber, showRows, type RowClass, type RowSource } from './row-class.js'

const SAMPLES = 20
/** As many bits as a bitwise operation of JavaScript is sure of. */
const BITS = 30

export interface Found<Kind extends string> {
  kind: Kind
  column?: string
  count: number
  /** The first 20 ids, in order. */
  samples: string[]
  sql: string
}

interface Case<Kind extends string> extends Found<Kind> {
  mask: number
  bit: number
}

/**
 * Looks through a table once for all classes together, and tells of the cases of which it found any.
 *
 * @param onRow is told the id of each row that is of a class, and of which cases
 */
export function scan<Kind extends string>(
  db: Handle,
  source: RowSource,
  classes: readonly RowClass<Kind>[],
  onRow?: (id: string, kinds: readonly Kind[]) => void,
): Found<Kind>[] {
  const { cases, masks } = layOut(source, classes)
  for (const row of db.prepare(scanSql(source, masks)).raw().iterate() as Iterable<ScannedRow>) {
    const [id, ...values] = row
    if (!values.some((value) => value !== 0)) continue
    const ofRow = cases.filter(({ mask, bit }) => ((values[mask] ?? 0) & bit) !== 0)
    for (const one of ofRow) count(one, id)
    onRow?.(
      id,
      ofRow.map(({ kind }) => kind),
    )
  }
  return cases.filter((one) => one.count > 0).map(({ mask: _mask, bit: _bit, ...found }) => found)
}

type ScannedRow = [string, ...number[]]

/** Gives every case a bit, and every class an expression that is the bit of its case. */
function layOut<Kind extends string>(source: RowSource, classes: readonly RowClass<Kind>[]) {
  const cases: Case<Kind>[] = []
  const masks: string[][] = []
  let used = BITS
  for (const rowClass of classes) {
    if (used + rowClass.cases.length > BITS) {
      masks.push([])
      used = 0
    }
    const first = used
    rowClass.cases.forEach(({ kind }, index) => {
      const bit = 1 << (first + index)
      const column = rowClass.column === undefined ? {} : { column: rowClass.column }
      const sql = showRows(source, rowClass, index)
      cases.push({ kind, ...column, count: 0, samples: [], sql, mask: masks.length - 1, bit })
    })
    masks
      .at(-1)
      ?.push(`CASE WHEN ${rowClass.when} THEN ${1 << first} << (${caseNumber(rowClass)}) ELSE 0 END`)
    used += rowClass.cases.length
  }
  return { cases, masks }
}

/** An id that is no text cannot be told from one that looks like it, so it is shown as SQL writes it. */
function scanSql({ alias, from }: RowSource, masks: readonly (readonly string[])[]): string {
  const id = `CASE typeof(${alias}.id) WHEN 'text' THEN ${alias}.id ELSE quote(${alias}.id) END`
  return `SELECT ${[id, ...masks.map((parts) => parts.join(' | '))].join(', ')} FROM ${from}`
}

function count(one: Case<string>, id: string): void {
  one.count += 1
  const last = one.samples.at(-1)
  if (one.samples.length === SAMPLES && last !== undefined && id >= last) return
  const place = one.samples.findIndex((sample) => sample > id)
  one.samples.splice(place < 0 ? one.samples.length : place, 0, id)
  one.samples.length = Math.min(one.samples.length, SAMPLES)
}
