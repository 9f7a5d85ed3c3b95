import BetterSqlite3, { type Database } from 'better-sqlite3'
import { join } from 'node:path'
import type { Test } from 'tap'
import { generateDefaults, generateV1, type GenerateV1Options } from '../../src/v1/generate/generate-v1.js'
import { temporaryFolder } from '../helper.js'

/** A generated file of the default size and seed, unless told otherwise; removed after the test. */
export function generated(t: Test, options: Partial<GenerateV1Options> = {}) {
  const path = join(temporaryFolder(t), 'generated.db')
  const counts = generateV1({ ...generateDefaults, path, ...options })
  return { path, counts, db: openReadOnly(t, path) }
}

export function openReadOnly(t: Test, path: string): Database {
  const db = new BetterSqlite3(path, { readonly: true })
  t.teardown(() => db.close())
  return db
}

/** The one value that a query gives. */
export const valueOf = (db: Database, query: string): unknown => db.prepare(query).pluck().get()

export const tableNames = (db: Database): string[] =>
  db.prepare<[], string>(`select name from sqlite_master where type = 'table' order by rowid`).pluck().all()

/** Every row of every table, in the order in which they were added. */
export const allRows = (db: Database): Record<string, unknown[]> =>
  Object.fromEntries(
    tableNames(db).map((table) => [table, db.prepare(`select * from "${table}" order by rowid`).all()]),
  )
