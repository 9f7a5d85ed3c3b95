import { DAY_MS } from './due-date.js'

/** The number of the UTC calendar day, counted from 1970-01-01. UTC has no hour to lose or gain in a day. */
export const utcDay = (ms: number): number => Math.floor(ms / DAY_MS)

/** Midnight UTC, at which a calendar day begins. */
export const startOfUtcDay = (day: number): number => day * DAY_MS

/** Calendar days, UTC, from one instant to another: 23:59 to 00:01 is one. */
export const daysBetween = (from: number, to: number): number => utcDay(to) - utcDay(from)

/** The same time of day, so many calendar days later. */
export const addDays = (ms: number, days: number): number => ms + days * DAY_MS
