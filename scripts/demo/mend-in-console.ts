import BetterSqlite3, { type Database } from 'better-sqlite3'
import type { Issue } from '../../src/migration/report.js'
import { checkFailed } from '../terminal.js'

interface Decision {
  why: string
  set: (column: string) => string
}

/** What an operator decides for each class: an UPDATE of the rows that the issue's own SQL shows. */
const decisions: Readonly<Record<string, Decision>> = {
  'bad-date': {
    why: 'A date that nobody knows becomes the day of the mending',
    set: (column) => `"${column}" = CAST(strftime('%s', 'now') AS INTEGER) * 1000`,
  },
  'wrong-type id': {
    why: 'A row gets an id of its own',
    set: () => `id = 'mended-' || lower(hex(randomblob(8)))`,
  },
  'wrong-type': {
    why: 'Bytes become the same bytes as text',
    set: (column) => `"${column}" = CAST("${column}" AS TEXT)`,
  },
  'legacy-duplicate': { why: 'A legacy row gets an id of its own', set: () => `id = 'legacy-' || id` },
}

/**
 * Mends rows in a SQL console, as the old application goes on: one statement for each issue.
 *
 * @returns what was done, a line for each decision
 */
export function mendInConsole(path: string, issues: readonly Issue[]): string[] {
  const console = new BetterSqlite3(path, { timeout: 5000 })
  console.pragma('foreign_keys = OFF')
  const places = new Map<Decision, string[]>()
  try {
    for (const issue of issues) {
      const { code, table, column = 'id' } = issue
      const decision = decisions[`${code} ${column}`] ?? decisions[code]
      if (decision === undefined) throw checkFailed(`Nobody has decided what becomes of ${code} in ${table}.`)
      places.set(decision, [...(places.get(decision) ?? []), `${table}.${column} (${issue.count})`])
      mend(console, issue, decision.set(column))
    }
  } finally {
    console.close()
  }
  return [...places].flatMap(([{ why, set }, where]) => [
    `${why}: UPDATE … SET ${set('…')} WHERE id IN (SELECT id FROM (the SQL of the issue)), for`,
    `  ${[...new Set(where)].join(', ')}`,
  ])
}

/** By row ids, which stay while ids change. */
function mend(console: Database, { table, sql = '' }: Issue, set: string): void {
  const rows = console.prepare(`SELECT rowid FROM "${table}" WHERE id IN (SELECT id FROM (${sql}))`)
  const update = console.prepare(`UPDATE "${table}" SET ${set} WHERE rowid = ?`)
  for (const rowid of rows.pluck().all()) update.run(rowid)
}
