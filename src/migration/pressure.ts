import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { WaitingWriters } from '../db/waiting-writers.js'
import { delayIn } from './event-loop-delay.js'
import type { ThrottleReason } from './job.js'
import { sleep } from './turns.js'
import type { WalKeeper } from './wal.js'

/** From when on a job is held back. */
export interface Limits {
  /** Half of what a client may notice. Requests are what the database is for; the job has time. */
  eventLoopDelayMs: number
  /**
   * What clients may still need to write while the job waits for somebody to make room: a part of the file,
   * as a larger one is written to more, within bounds.
   */
  freeSpace: { partOfFile: number; leastBytes: number; mostBytes: number }
  /** A server that is busy all the time gets its job done too, only slowly. */
  longestHoldMs: number
}

export const defaultLimits: Limits = {
  eventLoopDelayMs: 100,
  freeSpace: { partOfFile: 0.25, leastBytes: 16 * 1024 ** 2, mostBytes: 512 * 1024 ** 2 },
  longestHoldMs: 1_000,
}

const LOOK_AT_DISK_MS = 1_000

export interface PressureParts {
  path: string
  waiting: WaitingWriters
  /** The serving thread's; undefined where no server is. */
  eventLoopDelay: SharedArrayBuffer | undefined
  wal: WalKeeper
  limits: Limits
}

/** Says whether the job has to hold back, and why. */
export interface Pressure {
  /** @param heldMs how long it has been held back already */
  reason(heldMs: number): ThrottleReason | null
}

export function createPressure({ path, waiting, eventLoopDelay, wal, limits }: PressureParts): Pressure {
  const isDiskNearlyFull = remembered(LOOK_AT_DISK_MS, () => freeBytes(path) < neededBytes(path, limits))
  const isLate = () => eventLoopDelay !== undefined && delayIn(eventLoopDelay) > limits.eventLoopDelayMs
  return {
    reason(heldMs) {
      // These two fail the job, or everybody, when they are not heeded: they have no end but their own.
      if (isDiskNearlyFull()) return 'disk-space'
      if (wal.isFull()) return 'wal-size'
      if (heldMs >= limits.longestHoldMs) return null
      if (waiting.any) return 'writers-waiting'
      return isLate() ? 'event-loop-delay' : null
    },
  }
}

const HOLD_POLL_MS = 20
/** What is over sooner nobody needs to know. */
const TELL_HOLD_MS = 250

export interface WhileHeldBack {
  /** Called with the reason of a hold that lasts, again and again, and with null once it is over. */
  tell: (reason: ThrottleReason | null) => void
  /** Called all the time: what makes room, and what the operator asks for. */
  meanwhile: () => Promise<void>
}

/** Resolves when nothing presses any more, or has for long enough. */
export async function holdBack(pressure: Pressure, { tell, meanwhile }: WhileHeldBack): Promise<void> {
  const since = performance.now()
  const heldMs = () => performance.now() - since
  let isTold = false
  for (let reason = pressure.reason(0); reason !== null; reason = pressure.reason(heldMs())) {
    if (heldMs() >= TELL_HOLD_MS) {
      tell(reason)
      isTold = true
    }
    await sleep(HOLD_POLL_MS)
    await meanwhile()
  }
  if (isTold) tell(null)
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path))
  return bavail * bsize
}

function neededBytes(path: string, { freeSpace }: Limits): number {
  const { partOfFile, leastBytes, mostBytes } = freeSpace
  return Math.min(mostBytes, Math.max(leastBytes, statSync(path).size * partOfFile))
}

/** Asks again only after a while. */
function remembered<Value>(ms: number, ask: () => Value): () => Value {
  let value = ask()
  let askedAt = performance.now()
  return () => {
    if (performance.now() - askedAt >= ms) {
      value = ask()
      askedAt = performance.now()
    }
    return value
  }
}
