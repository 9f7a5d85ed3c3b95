import BetterSqlite3 from 'better-sqlite3'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import type { Issue } from '../../src/migration/report.js'
import type { DirtMade } from '../../src/v1/generate/dirt/add-dirt.js'
import { generateV1, type GenerateV1Options } from '../../src/v1/generate/generate-v1.js'
import { assessFile } from '../../src/v1/to-v2/assess.js'
import type { AssessOptions } from '../../src/v1/to-v2/options.js'
import { temporaryFolder } from '../helper.js'

/** The assessment of a file with the options that the API fills in. */
export const assessed = (path: string, options: Partial<AssessOptions> = {}) =>
  assessFile(path, { builtInSectionNames: true, onInvalidRow: 'fail', ...options })

/** A generated file in WAL mode that nobody has adopted, and what was made of dirt. */
export function generatedFile(t: Test, options: Partial<GenerateV1Options> = {}) {
  const path = join(temporaryFolder(t), 'v1.db')
  let made: DirtMade[] = []
  generateV1({
    path,
    instances: 60,
    seed: 9,
    journalMode: 'wal',
    onDirt: (dirt) => (made = dirt),
    ...options,
  })
  return { path, made }
}

/** A class of one place, as one word. */
export const sortOf = ({ code, subcase, table, column }: Omit<DirtMade, 'count' | 'ids'>): string =>
  [code, subcase ?? '-', table, column ?? '-'].join(' ')

/** The ids of the rows that an issue's SQL shows, in a console that knows nothing of this service. */
export function shown(t: Test, path: string, { sql = '' }: Pick<Issue, 'sql'>): string[] {
  const db = new BetterSqlite3(path, { readonly: true })
  t.teardown(() => db.close())
  return (db.prepare(sql).all() as { id: string }[]).map(({ id }) => id).sort()
}

/** Issues about the file alone: none of what its rows are like. */
export const ofFile = (issues: readonly Issue[]): Issue[] =>
  issues.filter(
    ({ code }) => !['odd-text', 'mixed-date-forms', 'legacy-rows', 'legacy-duplicate'].includes(code),
  )

/** A console on a file that is about to be made awkward. */
export function tampered(path: string, tamper: (handle: Handle) => void): void {
  const handle = new BetterSqlite3(path)
  handle.pragma('foreign_keys = OFF')
  try {
    tamper(handle)
  } finally {
    handle.close()
  }
}

/** Declares a table anew, as a file of somebody else's would have it, with the rows that it has. */
export function redeclare(handle: Handle, table: string, change: (sql: string) => string): void {
  const [declared = '', ...others] = handle
    .prepare(
      `SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC`,
    )
    .pluck()
    .all(table) as string[]
  const columns = handle.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  handle.pragma('legacy_alter_table = ON')
  handle.exec(`ALTER TABLE "${table}" RENAME TO "before"`)
  const indexes = handle
    .prepare(
      `SELECT name FROM sqlite_master WHERE tbl_name = 'before' AND type = 'index' AND sql IS NOT NULL`,
    )
    .pluck()
    .all() as string[]
  for (const index of indexes) handle.exec(`DROP INDEX "${index}"`)
  for (const sql of [change(declared), ...others]) handle.exec(sql)
  const kept = handle.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  const both = columns.filter((column) => kept.includes(column)).map((column) => `"${column}"`)
  handle.exec(
    `INSERT INTO "${table}" (${both.join()}) SELECT ${both.join()} FROM "before"; DROP TABLE "before"`,
  )
}
