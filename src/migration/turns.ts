import type { Handle } from '../db/database.js'
import type { WaitingWriters } from '../db/waiting-writers.js'

/** How long a write of this process may be let pass, before it is looked at what keeps it. */
const LET_PASS_MS = 50
/** Two writes of this process within so long are a load. One is a heartbeat, or a lonely client. */
const LOAD_MS = 500
/** Another program is likely to write again: it gets half of the time until it has been quiet for so long. */
const STRANGER_MS = 10_000
/**
 * Nobody can see that another program waits. SQLite tries again every 100 ms at the latest, so a gap that
 * is longer lets everyone in who has waited since the last one.
 */
const OPEN_EVERY_MS = 1_000
const OPEN_MS = 110

/** How a worker shares the write lock with everybody else who writes to the file. */
export interface Turns {
  /** Runs `act`, which takes the lock, calls `begun` when it has it, and gives it back. */
  take<Result>(act: (begun: () => void) => Result): Result
  /** Inside a turn: whether the lock may be kept, as nobody else wants it, up to `longestMs` in all. */
  mayGoOn(longestMs: number): boolean
  /** Between two turns: lets others have the lock, for no longer than they are likely to want it. */
  leave(): Promise<void>
}

export function createTurns(db: Handle, waiting: WaitingWriters): Turns {
  const dataVersion = db.prepare('PRAGMA data_version').pluck()
  // In this order, here as in `lookAround`: no commit of this process is taken for another program's.
  let ended = waiting.ended
  let version = dataVersion.get()
  let asked = waiting.asked
  let isShared = false
  let strangerUntil = 0
  let [writeBefore, lastWrite] = [-LOAD_MS, -LOAD_MS]
  let beganAt = performance.now()
  let endedAt = beganAt
  let openAt = beganAt

  const lookAround = (now: number) => {
    const [endedBefore, versionBefore, askedBefore] = [ended, version, asked]
    ended = waiting.ended
    version = dataVersion.get()
    asked = waiting.asked
    const writes = asked - askedBefore
    if (writes > 0) [writeBefore, lastWrite] = [writes > 1 ? now : lastWrite, now]
    if (version !== versionBefore && asked === endedBefore) strangerUntil = now + STRANGER_MS
    isShared = now < strangerUntil || now - writeBefore < LOAD_MS
  }

  return {
    take(act) {
      try {
        return act(() => {
          beganAt = performance.now()
          // Whatever was done since the last turn, the lock was free.
          if (beganAt - endedAt >= OPEN_MS) openAt = beganAt
        })
      } finally {
        endedAt = performance.now()
      }
    },
    mayGoOn: (longestMs) => !isShared && !waiting.any && performance.now() - beganAt < longestMs,
    async leave() {
      lookAround(performance.now())
      if (waiting.any) waiting.letPass(LET_PASS_MS)
      const now = performance.now()
      const isDue = now - openAt >= OPEN_EVERY_MS
      const gapMs = isShared ? endedAt - beganAt : isDue ? OPEN_MS : 0
      await sleep(gapMs - (now - endedAt))
      // A timer may fire a little early: the gap has been all the same.
      if (isDue) openAt = performance.now()
      // Between two phases, or in one that only reads, nothing was held.
      beganAt = endedAt
    },
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)))
