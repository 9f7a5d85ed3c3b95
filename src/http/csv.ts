import { stringify, type Options } from 'csv-stringify/sync'

/**
 * RFC 4180. Every text is quoted, so that an empty one is told from none. What a spreadsheet would take for
 * a formula gets an apostrophe before it.
 */
const options: Options = { record_delimiter: 'windows', quoted_string: true, escape_formulas: true }

/** Lines of CSV, each with its end. */
export const csvLines = (rows: readonly (readonly unknown[])[]): string =>
  stringify(
    rows.map((row) => row.map(asCell)),
    options,
  )

/** Booleans and lists as JSON has them. NUL characters go: to many programs a text ends there. */
function asCell(value: unknown): string | number | null {
  if (value === null || value === undefined || typeof value === 'number') return value ?? null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}
