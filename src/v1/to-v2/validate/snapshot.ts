import type { Handle } from '../../../db/database.js'

/** Rows compared in one snapshot: a longer one would keep the WAL from being checkpointed. */
export const WINDOW_ROWS = 20_000

/** The ids at which the windows over a table end, in order; the last is open. */
export function* windowsOf(db: Handle, table: string): Generator<{ after: string; upTo: string | null }> {
  const next = db
    .prepare(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT 1 OFFSET ${WINDOW_ROWS - 1}`)
    .pluck()
  let after = ''
  for (;;) {
    const upTo = (next.get(after) as string | undefined) ?? null
    yield { after, upTo }
    if (upTo === null) return
    after = upTo
  }
}

/** What `read` sees is one state of the database: v1 and v2 cannot differ by a write in between. */
export function inSnapshot<Result>(db: Handle, read: () => Result): Result {
  db.exec('BEGIN')
  try {
    return read()
  } finally {
    db.exec('COMMIT')
  }
}
