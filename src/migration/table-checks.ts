import type { Handle } from '../db/database.js'
import { identifier } from '../db/quoting.js'
import type { Check } from './report.js'
import { JobFailure } from './run.js'

/** A number for each table. */
export type Counts = Readonly<Record<string, number>>

export const countIn = (
  db: Handle,
  tables: readonly string[],
  count: (db: Handle, table: string) => number,
): Counts => Object.fromEntries(tables.map((table) => [table, count(db, table)]))

export const rowsIn = (db: Handle, table: string): number =>
  db
    .prepare(`SELECT count(*) FROM ${identifier(table)}`)
    .pluck()
    .get() as number

/** How many references of the table's rows lead to nothing. */
export const danglingIn = (db: Handle, table: string): number =>
  (db.pragma(`foreign_key_check(${identifier(table)})`) as unknown[]).length

interface TableCheck extends Pick<Check, 'id' | 'group' | 'title'> {
  expected: Counts
  actual: Counts
  holds: (actual: number, expected: number) => boolean
}

/** One check over all the tables that there are now. */
export const checkTables = ({ id, group, title, expected, actual, holds }: TableCheck): Check => {
  const tables = Object.keys(actual)
  const known = Object.fromEntries(tables.map((table) => [table, expected[table] ?? 0]))
  return {
    id,
    group,
    title,
    status: tables.every((table) => holds(actual[table] ?? 0, known[table] ?? 0)) ? 'passed' : 'failed',
    expected: known,
    actual,
    samples: [],
  }
}

/** What refers to nothing may be mended meanwhile; no more of it may come. */
export const checkReferencesKept = (group: string, expected: Counts, actual: Counts): Check =>
  checkTables({
    id: 'references-kept',
    group,
    title: 'No row refers to nothing that did not before',
    expected,
    actual,
    holds: (now, before) => now <= before,
  })

export const heldFor = (group: string, heldMs: number): Check => ({
  id: 'writes-held',
  group,
  title: 'Milliseconds for which writes had to wait',
  status: 'passed',
  expected: 'less than 5000',
  actual: heldMs,
  samples: [],
})

/** @param nothing what has not happened when this throws, as a sentence */
export function requireAllPassed(checks: readonly Check[], nothing: string): void {
  const failed = checks.filter(({ status }) => status === 'failed')
  if (failed.length > 0)
    throw new JobFailure({
      code: 'checks-failed',
      detail: `${nothing} ${failed.map(({ title, expected, actual }) => `${title}: ${JSON.stringify(expected)} before, ${JSON.stringify(actual)} after.`).join(' ')}`,
    })
}
