import { openReaderHandle, type Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import { readSchemaObjects, type SchemaObject } from '../backup/schema-objects.js'
import { readTables, type BackedTable } from '../backup/table-lines.js'
import { isOfJournal } from '../journal-files.js'
import { countIn, danglingIn, type Counts } from '../table-checks.js'
import { isOfCapture } from './capture.js'

/** A table whose rows are compared with those of the same table elsewhere. Names are quoted. */
export interface DataTable {
  name: string
  quoted: string
  columns: readonly string[]
  /** What tells which row is which. */
  key: readonly string[]
  /** Where in the file a row is: its rowid, or its key. */
  place: readonly string[]
  /** The name of the rowid; undefined where there is none. */
  rowid: string | undefined
}

/** The ordinary tables of the data: all but the journal's. */
export const readDataTables = (db: Handle): DataTable[] =>
  readTables(db)
    .filter(({ name }) => !isOfJournal(name) && !isOfCapture(name))
    .map((table) => asDataTable(db, table))

function asDataTable(db: Handle, { name, columns, rowid }: BackedTable): DataTable {
  const key = db
    .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(name)
    .map((column) => identifier(String(column)))
  const place = rowid === undefined ? key : [rowid]
  return {
    name,
    quoted: identifier(name),
    columns: columns.map(identifier),
    key: key.length > 0 ? key : place,
    place,
    rowid,
  }
}

/** What is declared beside the journal. Virtual tables are left alone: only their own program can fill them. */
export function readDataObjects(db: Handle): SchemaObject[] {
  const virtual = new Set(
    db
      .prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')`)
      .pluck()
      .all(),
  )
  return readSchemaObjects(db).filter(
    ({ name, table }) => !isOfJournal(table) && !isOfCapture(name) && !virtual.has(table),
  )
}

/** What a backup has beside the journal. */
export interface BackedData {
  objects: readonly SchemaObject[]
  tables: readonly DataTable[]
  dangling: Counts
}

export function readBackedData(path: string): BackedData {
  const db = openReaderHandle(path)
  try {
    const tables = readDataTables(db)
    const names = tables.map(({ name }) => name)
    return { objects: readDataObjects(db), tables, dangling: countIn(db, names, danglingIn) }
  } finally {
    db.close()
  }
}
