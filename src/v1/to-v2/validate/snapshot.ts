import type { Handle } from '../../../db/database.js'

/** Rows compared in one snapshot: a longer one would keep the WAL from being checkpointed. */
export const WINDOW_ROWS = 20_000

/** Parameters of what looks at a part of a table's ids: those after one, up to another or, by null, all. */
export interface Window {
  after: string
  upTo: string | null
}

/** SQL for the ids of a window. */
export type Within = (id: string) => string

/** Two forms: with an OR for the open end SQLite would read up to the end of the table for each window. */
const upTo: Within = (id) => `(${id} > @after AND ${id} <= @upTo)`
const toTheEnd: Within = (id) => `(${id} > @after AND @upTo IS NULL)`

/** The ids at which the windows over a table end, in order; the last is open. */
function* windowsOf(db: Handle, table: string): Generator<Window> {
  const next = db
    .prepare(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT 1 OFFSET ${WINDOW_ROWS - 1}`)
    .pluck()
  let after = ''
  for (;;) {
    const end = (next.get(after) as string | undefined) ?? null
    yield { after, upTo: end }
    if (end === null) return
    after = end
  }
}

/**
 * The windows over a table, each with what looks at it. They begin after the empty id.
 *
 * @param table undefined: one window for all, where ids are those of no table
 */
export function* overWindows<Look>(
  db: Handle,
  table: string | undefined,
  prepare: (within: Within) => Look,
): Generator<{ look: Look; window: Window }> {
  const windows = table === undefined ? [{ after: '', upTo: null }] : windowsOf(db, table)
  let look: Look | undefined
  for (const window of windows) {
    // Most tables have but one window.
    if (window.upTo === null) yield { look: prepare(toTheEnd), window }
    else yield { look: (look ??= prepare(upTo)), window }
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
