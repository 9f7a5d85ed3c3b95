import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openWorkerHandle, type Handle } from '../db/database.js'

const MARK = '.scratch-'

/**
 * A consistent copy of the live database beside it, for a job that must leave the live one alone. Each
 * runner has its own: one that has been replaced removes its copy late, while the other still uses the new.
 */
export function openScratchCopy(
  live: Handle,
  { path, jobId, owner }: { path: string; jobId: string; owner: { fence: number } },
): { handle: Handle; path: string } {
  const copy = `${path}${MARK}${jobId}-${owner.fence}`
  removeFile(copy)
  live.prepare('VACUUM INTO ?').run(copy)
  return { handle: openWorkerHandle(copy), path: copy }
}

/** Removes the copies that a killed process left behind. Only while no job runs. */
export function removeScratchCopies(path: string): void {
  const folder = dirname(path)
  for (const file of readdirSync(folder))
    if (file.startsWith(basename(path) + MARK)) rmSync(join(folder, file), { force: true })
}

export function removeFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}
