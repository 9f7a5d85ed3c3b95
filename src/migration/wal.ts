import { isWriteRefused, type Handle } from '../db/database.js'
import type { SharedFlag } from '../db/shared-flag.js'
import type { WaitingWriters } from '../db/waiting-writers.js'

const PAGE_BYTES = 4096
const pages = (megabytes: number) => (megabytes * 1024 * 1024) / PAGE_BYTES

/**
 * Enough that a page that was written often is put into the file once; few enough that a commit which has
 * to reach the disk meanwhile does not wait for long: with 16 MB the longest took twice the time.
 */
const CHECKPOINT_PAGES = pages(8)
/** A reader of the WAL keeps its beginning from being used again; a moment in which none reads is taken. */
const RESTART_PAGES = pages(32)
/** A long read keeps the WAL from beginning anew: meanwhile a job goes on until it has so much. */
const MOST_PAGES = pages(80)

interface WalPages {
  busy: 0 | 1
  /** Pages in the WAL. */
  log: number
  /** Those that are in the file already. */
  checkpointed: number
}

/** Keeps a WAL short while a worker writes to it: the server's own commits do not checkpoint then. */
export interface WalKeeper {
  /** Call between turns: checkpoints when there is enough to. */
  keep(): void
  /** Whether the WAL is as long as it may get: somebody reads an old state of the database. */
  isFull(): boolean
}

/** @param isLong raised while the WAL should begin anew, so that no long read begins */
export function createWalKeeper(db: Handle, waiting: WaitingWriters, isLong: SharedFlag): WalKeeper {
  const checkpoint = (mode: string) => {
    const statement = db.prepare(`PRAGMA wal_checkpoint(${mode})`)
    return () => statement.get() as WalPages
  }
  const look = checkpoint('NOOP')
  const passive = checkpoint('PASSIVE')
  const restart = checkpoint('RESTART')
  let beginsAnew = false

  /** Whether the next write begins the WAL anew. Not a moment is waited for readers: that is under the lock. */
  const tryRestart = (): boolean => {
    if (waiting.any) return false
    const timeout = db.pragma('busy_timeout', { simple: true }) as number
    db.pragma('busy_timeout = 0')
    try {
      const { busy, log, checkpointed } = restart()
      return busy === 0 && log === checkpointed
    } finally {
      db.pragma(`busy_timeout = ${timeout}`)
    }
  }

  const checkpointWhatIsEnough = () => {
    const { log, checkpointed } = look()
    const wantsRestart = log >= RESTART_PAGES
    if (log - checkpointed >= (wantsRestart ? 1 : CHECKPOINT_PAGES)) {
      // Twice: what others committed during the first is little, and would keep the WAL from beginning anew.
      const first = passive()
      if (first.log > first.checkpointed) passive()
    }
    beginsAnew = wantsRestart && tryRestart()
    isLong.set(wantsRestart && !beginsAnew)
  }

  return {
    keep() {
      try {
        checkpointWhatIsEnough()
      } catch (error) {
        // What is in the WAL stays there, and the job is held back when it gets too long.
        if (!isWriteRefused(error)) throw error
      }
    },
    isFull() {
      const { log, checkpointed } = look()
      return log >= MOST_PAGES && !(beginsAnew && log === checkpointed)
    },
  }
}
