import { copyFileSync, cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { readTables, type BackedTable } from '../../src/migration/backup/table-lines.js'
import { isOfJournal } from '../../src/migration/journal-files.js'
import { temporaryFolder } from '../helper.js'
import { sqlConsole } from './migrated.js'
import { schemaOf } from './v1-file.js'

export const backedUp = (path: string, id: string) => join(dirname(path), 'backups', id, 'database.db')

/** Also where in the file each row is. */
const rowsOf = (db: Handle, { name, columns, order, rowid = 'NULL' }: BackedTable) =>
  db
    .prepare(
      `SELECT ${[rowid, ...columns.map((c) => `typeof("${c}") || hex(CAST("${c}" AS BLOB))`)].join(', ')}
       FROM "${name}" ORDER BY ${order}`,
    )
    .raw()
    .all()

/** Every byte of the data, and every declaration; the tables of the journal are not among them. */
export function dataOf(path: string) {
  const db = sqlConsole(path)
  try {
    const schema = schemaOf(db) as { name: string; sql: string | null }[]
    return {
      rows: Object.fromEntries(
        readTables(db)
          .filter(({ name }) => !isOfJournal(name))
          .map((table) => [table.name, rowsOf(db, table)]),
      ),
      schema,
      state: db.prepare('SELECT stage, groups, groupsSince, cutoverAt FROM migration_state').get(),
    }
  } finally {
    db.close()
  }
}

export function byConsole(path: string, sql: string, foreignKeys: 'ON' | 'OFF' = 'ON'): void {
  const db = sqlConsole(path)
  db.pragma(`foreign_keys = ${foreignKeys}`)
  db.exec(sql)
  db.close()
}

/** The file with its backups, under another name. */
export function cloneOf(t: Test, path: string, ...backups: string[]): string {
  const db = sqlConsole(path)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  const copy = join(temporaryFolder(t), 'app.db')
  copyFileSync(path, copy)
  for (const id of backups)
    cpSync(join(dirname(path), 'backups', id), join(dirname(copy), 'backups', id), { recursive: true })
  return copy
}
