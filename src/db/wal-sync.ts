import { closeSync, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'

/** Brings what has been committed to the disk, while the thread serves others. */
export interface WalSync {
  /**
   * Resolves once everything that is committed by now survives a power loss. Commits that come while the device is
   * at work share the next sync.
   *
   * @throws what the device says: then nobody knows
   */
  reach(): Promise<void>
  /** May be called again. */
  close(): Promise<void>
}

/**
 * SQLite's own `synchronous=FULL` does the same within each commit, and stops the event loop for as long as the device
 * takes. Beside it a connection needs NORMAL: what a checkpoint has put into the file is on the disk before the
 * WAL begins anew.
 *
 * @param path of a WAL that an open connection keeps there. It has no locks of SQLite's, which closing would drop.
 */
export function openWalSync(path: string): WalSync {
  const fd = openSync(path, 'r+')
  let isOpen = true
  let latest = Promise.resolve()
  let next: Promise<void> | undefined
  const sync = () => {
    // One that has begun may miss a later commit.
    next = undefined
    return promisify(fdatasync)(fd)
  }
  return {
    reach: () => (next ??= latest = latest.then(sync, sync)),
    async close() {
      await latest.catch(() => undefined)
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}
