const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/
const RFC3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/** The years in which a due date can be meant: an instant outside is taken for a mistake. */
export const EARLIEST_INSTANT = Date.UTC(1990, 0, 1)
export const LATEST_INSTANT = Date.UTC(2101, 0, 1) - 1

/**
 * Epoch milliseconds of an RFC 3339 instant, or of a date alone as midnight UTC; undefined for
 * anything else, a day that the calendar does not have, and a year before 1990 or after 2100.
 */
export function parseInstant(text: string): number | undefined {
  if (!DATE_ONLY.test(text) && !RFC3339.test(text)) return undefined
  if (!isCalendarDay(text.slice(0, 10))) return undefined
  const ms = Date.parse(text)
  return ms >= EARLIEST_INSTANT && ms <= LATEST_INSTANT ? ms : undefined
}

/** Date.parse takes 2026-02-30 for March 2nd; such a day is a mistake and not a date. */
function isCalendarDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}

/** RFC 3339 in UTC with milliseconds. */
export const formatInstant = (ms: number): string => new Date(ms).toISOString()
