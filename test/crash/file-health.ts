import type { Handle } from '../../src/db/database.js'
import { openReaderHandle } from '../../src/db/database.js'

/** What is wrong with a database file, a sentence each, whatever it was doing when it was left. */
export function fileProblems(path: string): string[] {
  const db = openReaderHandle(path)
  try {
    const integrity = db.prepare('PRAGMA integrity_check').pluck().all() as string[]
    const orphans = db.prepare('PRAGMA foreign_key_check').all()
    return [
      ...integrity.filter((line) => line !== 'ok').map((line) => `integrity_check says: ${line}`),
      ...orphans.map((orphan) => `foreign_key_check says: ${JSON.stringify(orphan)}`),
      ...(hasTable(db, 'sync_guard') ? leaks(db) : []),
    ]
  } finally {
    db.close()
  }
}

const leaks = (db: Handle) =>
  db
    .prepare('SELECT direction FROM sync_guard')
    .pluck()
    .all()
    .map((direction) => `a guard row was left behind: ${String(direction)}`)

export const hasTable = (db: Handle, name: string): boolean =>
  db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(name) !== undefined
