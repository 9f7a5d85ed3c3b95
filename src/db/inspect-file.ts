import BetterSqlite3 from 'better-sqlite3'
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

const MAGIC = 'SQLite format 3\0'

/** What stands at a path. `tables` has each table's columns. */
export type FileContent =
  | { kind: 'missing' }
  | { kind: 'not-sqlite'; reason: string }
  | { kind: 'sqlite'; tables: ReadonlyMap<string, readonly string[]> }

/** Looks at a file, and leaves it and the folder as they were. */
export function inspectFile(path: string): FileContent {
  if (!existsSync(path)) return { kind: 'missing' }
  if (!statSync(path).isFile()) return { kind: 'not-sqlite', reason: 'it is not a file' }
  if (readHead(path) !== MAGIC) return { kind: 'not-sqlite', reason: 'it is not a SQLite database' }
  return readTables(path)
}

function readHead(path: string): string {
  const buffer = Buffer.alloc(MAGIC.length)
  const file = openSync(path, 'r')
  const length = readSync(file, buffer, 0, buffer.length, 0)
  closeSync(file)
  return buffer.toString('latin1', 0, length)
}

function readTables(path: string): FileContent {
  try {
    return tablesOf(openToLook(path))
  } catch (error) {
    if (!(error instanceof BetterSqlite3.SqliteError)) throw error
    // The last writer was killed: whoever reads first has to take back what it left half done.
    if (error.code === 'SQLITE_READONLY_ROLLBACK') return tablesOf(new BetterSqlite3(path))
    return { kind: 'not-sqlite', reason: error.message }
  }
}

function tablesOf(handle: BetterSqlite3.Database): FileContent {
  try {
    const rows = handle
      .prepare(
        `SELECT m.name AS name, c.name AS column FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
      )
      .all() as { name: string; column: string }[]
    const tables = new Map<string, string[]>()
    for (const { name, column } of rows) tables.set(name, [...(tables.get(name) ?? []), column])
    return { kind: 'sqlite', tables }
  } finally {
    handle.close()
  }
}

/**
 * Reading a WAL file makes its `-wal` and `-shm`. They are SQLite's to remove, never ours: another program
 * may have begun to write to them. The last handle that may write takes them away when it closes, so this
 * is one, unless there is a `-wal` already, whose content it would put into the file.
 */
const openToLook = (path: string) => new BetterSqlite3(path, { readonly: existsSync(`${path}-wal`) })
