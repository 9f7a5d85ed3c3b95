import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import { invalidCursor, type PageRequest } from '../../http/page.js'

/** By what instances can be sorted. */
export const instanceSorts = ['effectiveDueDate', 'status', 'supplierName', 'updatedAt'] as const

interface Order {
  /** `i` is the instance. */
  from: RawBuilder<unknown>
  /** No two rows are alike in all of them. */
  columns: readonly string[]
  /** What a cursor keeps of a row beside its id, in the same order. */
  key: RawBuilder<unknown>
  /** The columns' values again, from the key and the id. */
  valuesOf: (key: string | number, id: string) => readonly RawBuilder<unknown>[]
}

const byColumn = (column: string): Order => ({
  from: sql`v2_supplier_task_instances i`,
  columns: [column, 'i.id'],
  key: sql.ref(column),
  valuesOf: (key, id) => [sql`${key}`, sql`${id}`],
})

const namedColumns = ['s.name', 'a.projectId', 'i.projectTaskTemplateId']

const bySupplierName: Order = {
  // In this order of joining the indexes lead from row to row.
  from: sql`suppliers s cross join supplier_project_instances a on a.supplierId = s.id
    cross join v2_supplier_task_instances i on i.supplierProjectInstanceId = a.id`,
  columns: namedColumns,
  // Not every stored text survives JavaScript; its bytes do, and have the same order.
  key: sql`concat_ws('.', ${sql.join(namedColumns.map((column) => sql`hex(${sql.ref(column)})`))})`,
  valuesOf(key) {
    const values = String(key).split('.')
    if (values.length !== namedColumns.length || !values.every((bytes) => /^(?:[\dA-F]{2})*$/.test(bytes)))
      throw invalidCursor()
    return values.map((bytes) => sql`cast(unhex(${bytes}) as text)`)
  },
}

const orderOf = ({ sort }: PageRequest): Order =>
  sort?.by === 'supplierName' ? bySupplierName : byColumn(`i.${sort?.by ?? 'id'}`)

/** An index leads from row to row; else the table has to be sorted. */
export const isWalkable = ({ sort }: PageRequest): boolean => sort?.by !== 'updatedAt'

const directionOf = ({ sort }: PageRequest) => sql.raw(sort?.order ?? 'asc')

/** SQL that is true for what comes after these values of the columns. */
function comesAfter(
  { sort }: PageRequest,
  columns: readonly string[],
  values: readonly RawBuilder<unknown>[],
): Expression<SqlBool> {
  const [first = 'id'] = columns
  const [beyond, from] = sort?.order === 'desc' ? [sql`<`, sql`<=`] : [sql`>`, sql`>=`]
  // The first comparison is for the index, which does not see through the second's across tables.
  return sql<SqlBool>`${sql.raw(first)} ${from} ${values[0]}
    and (${sql.raw(columns.join(', '))}) ${beyond} (${sql.join(values)})`
}

const everything = sql<SqlBool>`1`

/** A walk through the table in the page's order, from its position. */
export interface Walk {
  page: PageRequest
  /** Over `i`: what the walk keeps to. */
  range: Expression<SqlBool>
  /** How many rows it looks at. */
  window: number
}

const walked = ({ page, range }: Walk, selected: RawBuilder<unknown>) => {
  const { from, columns, key, valuesOf } = orderOf(page)
  const { after, sort } = page
  const position =
    after === undefined ? everything : comesAfter(page, columns, valuesOf(sort?.afterKey ?? after, after))
  const order = sql.raw(columns.map((column) => `${column} ${sort?.order ?? 'asc'}`).join(', '))
  return sql`select ${selected}, ${key} as sortKey from ${from} where ${range} and ${position} order by ${order}`
}

/** The rows of the window that satisfy the condition, at most `limit`, in the page's order. */
export function rowsInWindow(walk: Walk, condition: Expression<SqlBool>, limit: number) {
  const direction = directionOf(walk.page)
  return sql`select * from (${walked(walk, sql`i.*`)} limit ${walk.window}) where ${condition}
    order by sortKey ${direction}, id ${direction} limit ${limit}`
}

/** The last row of the window, where the table goes on to it: id and sortKey. */
export const endOfWindow = (walk: Walk) => sql`${walked(walk, sql`i.id`)} limit 1 offset ${walk.window - 1}`

/** The rows that satisfy the condition, sorted: the plus signs keep SQLite from walking the table instead. */
export function sortedRows(page: PageRequest, condition: Expression<SqlBool>, limit: number) {
  const { from, key } = orderOf(page)
  const { after, sort } = page
  const values = [sql`${sort?.afterKey ?? after}`, sql`${after}`]
  const position = after === undefined ? everything : comesAfter(page, ['+sortKey', '+id'], values)
  const direction = directionOf(page)
  return sql`select * from (select i.*, ${key} as sortKey from ${from}) where ${condition} and ${position}
    order by +sortKey ${direction}, +id ${direction} limit ${limit}`
}
