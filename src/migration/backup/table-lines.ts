import { isUtf8 } from 'node:buffer'
import type { Handle } from '../../db/database.js'
import { identifier, literal } from '../../db/quoting.js'

/** A table as a backup writes it out. */
export interface BackedTable {
  name: string
  /** Without generated ones: those follow from the others. */
  columns: readonly string[]
  /** SQL that puts the rows in one order, whatever order they were written in. */
  order: string
  /** The name by which a row's place in the file is asked for; undefined where there is none. */
  rowid: string | undefined
  /** SQL: only these rows. */
  where?: string
}

/** Every ordinary table of the file: not SQLite's own, nor those behind virtual tables. */
export function readTables(db: Handle): BackedTable[] {
  const tables = db
    .prepare(
      `SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name`,
    )
    .all() as { name: string; wr: 0 | 1 }[]
  return tables.map(({ name, wr }) => describeTable(db, name, wr === 0))
}

export function describeTable(db: Handle, name: string, hasRowid: boolean): BackedTable {
  const info = db.prepare('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid').all(name) as {
    name: string
    pk: number
  }[]
  const columns = info.map((column) => column.name)
  const taken = new Set(columns.map((column) => column.toLowerCase()))
  const rowid = hasRowid ? ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias)) : undefined
  const keys = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const order = [...keys.map((key) => identifier(key.name)), ...(rowid === undefined ? [] : [rowid])]
  return { name, columns, order: order.join(', ') || '1', rowid }
}

const cell = (column: string) => {
  const value = identifier(column)
  // A NUL sends the whole line the slow way.
  return `CASE typeof(${value}) WHEN 'text' THEN '"' || replace(${value}, '"', '""') || '"'
    WHEN 'null' THEN '' WHEN 'blob' THEN char(0) ELSE quote(${value}) END`
}

const exactCell = (form: 'csv' | 'json', nothing: string) => (column: string) => {
  const value = identifier(column)
  return `CASE typeof(${value}) WHEN 'text' THEN ${form}_text(CAST(${value} AS BLOB))
    WHEN 'null' THEN '${nothing}' WHEN 'blob' THEN ${form}_blob(${value}) ELSE quote(${value}) END`
}

const line = (cells: readonly string[]) => `CAST(${cells.join(` || ',' || `)} AS BLOB)`

const csvText = (bytes: Buffer) =>
  isPlain(bytes)
    ? `"${bytes.toString('utf8').replaceAll('"', '""')}"`
    : `base64-text:${bytes.toString('base64')}`

const isPlain = (bytes: Buffer) => !bytes.includes(0) && isUtf8(bytes)

/**
 * Every row as a line of CSV, without the line's end: each value has exactly one form, so that equal lines
 * are equal rows, to the byte.
 *
 * NULL is nothing, numbers are bare, texts are quoted. What CSV cannot hold is bare base64 with a mark
 * before it: `base64-blob:` for a BLOB, `base64-text:` for a text with NUL characters or broken UTF-8.
 */
export function* linesOf(db: Handle, table: BackedTable): Generator<Buffer> {
  db.function('csv_text', { directOnly: true }, (bytes) => csvText(bytes as Buffer))
  db.function('csv_blob', { directOnly: true }, (bytes) => `base64-blob:${asBytes(bytes).toString('base64')}`)
  const { columns, order, rowid } = table
  const from = fromOf(table)
  const exact = line(columns.map(exactCell('csv', '')))
  if (rowid === undefined) {
    yield* db.prepare(`SELECT ${exact} ${from} ORDER BY ${order}`).pluck().iterate() as Iterable<Buffer>
    return
  }
  const exactly = db.prepare(`SELECT ${exact} ${from} AND ${rowid} = ?`).pluck()
  const rows = db
    .prepare(`SELECT ${line(columns.map(cell))}, ${rowid} ${from} ORDER BY ${order}`)
    .raw()
    .safeIntegers()
    .iterate() as Iterable<[Buffer, bigint]>
  for (const [plain, id] of rows) yield isPlain(plain) ? plain : (exactly.get(id) as Buffer)
}

const fromOf = ({ name, where = '1' }: BackedTable) => `FROM ${identifier(name)} WHERE (${where})`

/** Every row as a JSON object; what JSON cannot hold is an object with the same marks as in CSV. */
export function* jsonOf(db: Handle, table: BackedTable): Generator<Buffer> {
  db.function('json_text', { directOnly: true }, (bytes) => jsonText(bytes as Buffer))
  db.function('json_blob', { directOnly: true }, (bytes) =>
    JSON.stringify({ 'base64-blob': asBytes(bytes).toString('base64') }),
  )
  const members = table.columns.map(
    (column) => `${literal(`${JSON.stringify(column)}:`)} || ${exactCell('json', 'null')(column)}`,
  )
  const object = `CAST('{' || ${members.join(` || ',' || `)} || '}' AS BLOB)`
  yield* db
    .prepare(`SELECT ${object} ${fromOf(table)} ORDER BY ${table.order}`)
    .pluck()
    .iterate() as Iterable<Buffer>
}

const jsonText = (bytes: Buffer) =>
  JSON.stringify(isPlain(bytes) ? bytes.toString('utf8') : { 'base64-text': bytes.toString('base64') })

/** An empty BLOB comes as null. */
const asBytes = (bytes: unknown): Buffer => (Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0))

/** The first line of a table's CSV. */
export const headerOf = ({ columns }: Pick<BackedTable, 'columns'>): Buffer =>
  Buffer.from(columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(','))
