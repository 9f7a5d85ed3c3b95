import type { InstanceStatus } from '../../kernel/instance-status.js'
import { chance, integer, pickWeighted, type Random } from './random.js'
import { BASE_INSTANT } from './stored-date.js'

/** How far an instance has come. Instants are epoch milliseconds. */
export interface Work {
  status: InstanceStatus
  completedMs: number | null
  /** undefined: never touched */
  updatedMs: number | undefined
}

const statuses: readonly (readonly [InstanceStatus, number])[] = [
  ['not_started', 0.35],
  ['in_progress', 0.25],
  ['completed', 0.28],
  ['blocked', 0.07],
  ['cancelled', 0.05],
]

const HOUR_MS = 3_600_000

/** Work on an instance that was created at least a day before the base instant. */
export function workSince(random: Random, createdMs: number): Work {
  const status = pickWeighted(random, statuses)
  if (status === 'not_started' && chance(random, 0.7))
    return { status, completedMs: null, updatedMs: undefined }
  const changedMs = integer(random, createdMs + HOUR_MS, BASE_INSTANT - HOUR_MS)
  if (status !== 'completed') return { status, completedMs: null, updatedMs: changedMs }
  return { status, completedMs: changedMs, updatedMs: changedMs + integer(random, 2_000, HOUR_MS) }
}
