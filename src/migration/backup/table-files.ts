import type { Handle } from '../../db/database.js'
import type { AddFile } from './make-backup.js'
import { headerOf, jsonOf, linesOf, type BackedTable } from './table-lines.js'

/** Adds rows to a backup once more, for a person to look at: as CSV and as JSON. */
export function addTableFiles(copy: Handle, folder: string, table: BackedTable, add: AddFile): void {
  add(`${folder}/${table.name}.csv`, csvOf(copy, table))
  add(`${folder}/${table.name}.json`, jsonArray(jsonOf(copy, table)))
}

function* csvOf(db: Handle, table: BackedTable): Generator<Buffer | string> {
  yield headerOf(table)
  yield '\r\n'
  for (const line of linesOf(db, table)) {
    yield line
    yield '\r\n'
  }
}

function* jsonArray(objects: Iterable<Buffer>): Generator<Buffer | string> {
  let before = '[\n'
  for (const object of objects) {
    yield before
    yield object
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
