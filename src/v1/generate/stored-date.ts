import { DAY_MS } from '../../kernel/due-date.js'
import { formatInstant } from '../../kernel/instant.js'
import type { StoredInstant } from '../tables.js'
import { chance, integer, pick, type Random } from './random.js'

/** "Now" in the generated data: nothing happened after it, and due dates lie around it. */
export const BASE_INSTANT = Date.UTC(2026, 5, 1)

export const daysBeforeBase = (days: number): number => BASE_INSTANT - days * DAY_MS

/** An instant in one of the forms found in the field: mostly INTEGER, ~10 % SQLite's text, ~2 % ISO 8601. */
export function stored(random: Random, ms: number): StoredInstant {
  const form = random()
  if (form < 0.88) return ms
  return form < 0.98 ? formatInstant(ms).slice(0, 19).replace('T', ' ') : iso8601(random, ms)
}

export const storedOrNull = (random: Random, ms: number | null): StoredInstant | null =>
  ms === null ? null : stored(random, ms)

function iso8601(random: Random, ms: number): string {
  if (chance(random, 0.5)) return formatInstant(ms)
  const [hours, offset] = pick(random, [
    [2, '+02:00'] as const,
    [9, '+09:00'] as const,
    [-5, '-05:00'] as const,
  ])
  return formatInstant(ms + hours * 3_600_000).slice(0, 23) + offset
}

/**
 * A row's two timestamps. SQLite's text form cuts off milliseconds, so an `updatedMs` within a second
 * of `createdMs` could come out before it: leave it out for a row that was never touched.
 */
export function stamps(random: Random, createdMs: number, updatedMs?: number) {
  const createdAt = stored(random, createdMs)
  return { createdAt, updatedAt: updatedMs === undefined ? createdAt : stored(random, updatedMs) }
}

/** A due date within 120 days of the base instant, more of them near to it; mostly at midnight UTC. */
export function dueDate(random: Random): number {
  const day = integer(random, -60, 60) + integer(random, -60, 60)
  const time = chance(random, 0.8) ? 0 : integer(random, 0, DAY_MS - 1)
  return BASE_INSTANT + day * DAY_MS + time
}
