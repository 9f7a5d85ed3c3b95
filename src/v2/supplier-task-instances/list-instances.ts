import { setImmediate } from 'node:timers/promises'
import type { Expression, Kysely, RawBuilder, Selectable, SqlBool } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import { fromWire } from '../../http/wire.js'
import { matching } from '../list-conditions.js'
import type { SupplierTaskInstancesTable, V2Tables } from '../tables.js'
import { findNamed } from './find-named.js'
import { conditions, filterSchema, isScoped, rangeOf, type Filters } from './instance-filters.js'
import { endOfWindow, isWalkable, rowsInWindow, sortedRows, type Walk } from './instance-order.js'

/** For so long a window may hold up everybody else. */
const WINDOW_MS = 8
const SMALLEST_WINDOW = 200
const LARGEST_WINDOW = 5_000

type Row = Selectable<SupplierTaskInstancesTable> & { sortKey: string | number }

/**
 * A page of the instances that pass the filters. Where no index leads to them the table is walked in the
 * page's order, in windows, so that a rare match keeps nobody else waiting.
 *
 * @param asOf epoch milliseconds: what is overdue then
 */
export async function selectInstances(
  db: Kysely<V2Tables>,
  page: PageRequest,
  filters: Filters,
  asOf: number,
): Promise<Row[]> {
  const narrowing = fromWire(filterSchema, filters)
  const condition = matching(conditions(asOf, await findNamed(db, filters.search)), narrowing)
  if (isScoped(filters) || !isWalkable(page)) return rowsOf(db, sortedRows(page, condition, page.limit + 1))
  const range = rangeOf(page.sort?.by ?? 'id', narrowing, asOf)
  return walkTable(db, { page, range, window: 4 * (page.limit + 1) }, condition)
}

async function walkTable(db: Kysely<V2Tables>, start: Walk, condition: Expression<SqlBool>): Promise<Row[]> {
  const wanted = start.page.limit + 1
  const found: Row[] = []
  let walk: Walk | undefined = start
  while (walk !== undefined) {
    const startedAt = performance.now()
    found.push(...(await rowsOf(db, rowsInWindow(walk, condition, wanted - found.length))))
    if (found.length === wanted) break
    walk = await nextWindow(db, walk, performance.now() - startedAt)
    await setImmediate()
  }
  return found
}

const rowsOf = async (db: Kysely<V2Tables>, query: RawBuilder<unknown>) =>
  (await query.execute(db)).rows as Row[]

/** @param tookMs the window before; a read that has to go to the disk takes many times as long as one that has not */
async function nextWindow(db: Kysely<V2Tables>, walk: Walk, tookMs: number): Promise<Walk | undefined> {
  const [last] = await rowsOf(db, endOfWindow(walk))
  if (last === undefined) return undefined
  const { sort, limit } = walk.page
  const fitting = Math.round((walk.window * WINDOW_MS) / Math.max(tookMs, 1))
  return {
    page: {
      limit,
      after: last.id,
      ...(sort === undefined ? {} : { sort: { ...sort, afterKey: last.sortKey } }),
    },
    range: walk.range,
    window: Math.min(LARGEST_WINDOW, Math.max(SMALLEST_WINDOW, fitting)),
  }
}
