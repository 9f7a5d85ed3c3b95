import { sql, type RawBuilder } from 'kysely'

/**
 * SQL for the instant that a DATETIME column of a v1 file holds, as epoch milliseconds, whichever of the
 * three forms it has: INTEGER epoch milliseconds, TEXT `YYYY-MM-DD HH:MM:SS` (UTC), or ISO 8601 TEXT with
 * `Z` or an offset. NULL for NULL and for anything else.
 *
 * julianday() and not unixepoch(…, 'subsec'): triggers made of this also run in the old application's
 * SQLite, and before 3.42 the latter is NULL. A double holds a Julian day to 0.04 ms, so rounding is exact.
 */
export const storedInstant = (column: string): string =>
  `CASE typeof(${column}) WHEN 'integer' THEN ${column} WHEN 'text' THEN ` +
  `CASE WHEN ${isTextInstant(column)} THEN CAST(round((julianday(${column}) - 2440587.5) * 86400000.0) AS INTEGER) END END`

const DAY = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
const TIME = '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]'

/**
 * SQL that is true where a TEXT value is one of the two text forms, on a day that the calendar has. A
 * date alone, or a time without a zone after a `T`, is neither: nobody can say which instant it means.
 */
export const isTextInstant = (column: string): string =>
  `((${column} GLOB '${DAY} ${TIME}' OR ${column} GLOB '${DAY} ${TIME}.[0-9]*' OR ` +
  `${column} GLOB '${DAY}T${TIME}*' AND (${column} GLOB '*Z' OR ${column} GLOB '*[+-][0-9][0-9]:[0-9][0-9]')) AND ` +
  // julianday() also takes blanks before the zone and at the end, and half past 24.
  `substr(${column}, 12) NOT GLOB '*[^0-9:.Z+-]*' AND substr(${column}, 12, 2) < '24' AND ` +
  // date() turns 2026-02-30 into March 2nd without a word.
  `date(substr(${column}, 1, 10)) IS substr(${column}, 1, 10) AND julianday(${column}) IS NOT NULL)`

/** The same, for a query: `instantOf('suppliers.createdAt').as('createdAt')`. */
export const instantOf = (column: string): RawBuilder<number> =>
  sql<number>`${sql.raw(storedInstant(column))}`

/** For a column that may be NULL. */
export const instantOrNullOf = (column: string): RawBuilder<number | null> =>
  sql<number | null>`${sql.raw(storedInstant(column))}`

/** A BOOLEAN of a v1 file: 0/1, or 'true'/'false' in any case after an edit by hand; NULL for anything else. */
export const storedBoolean = (column: string): string =>
  `CASE WHEN ${column} IN (0, 1) THEN ${column} WHEN lower(${column}) = 'true' THEN 1 WHEN lower(${column}) = 'false' THEN 0 END`

export const booleanOf = (column: string): RawBuilder<0 | 1> => sql<0 | 1>`${sql.raw(storedBoolean(column))}`
