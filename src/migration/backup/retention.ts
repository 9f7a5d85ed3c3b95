import type { BackupKeeping } from '../settings.js'
import type { Manifest } from './manifest.js'

const DAY_MS = 86_400_000

/** Whatever is set, a day is left to find out that something went wrong. */
const LEAST_DAYS = 1

/** Jobs whose backup holds what is nowhere else afterwards. */
const lastCopies: ReadonlySet<string> = new Set(['rollback', 'contract', 'restore'])

/**
 * The backups that may go: neither of the newest `keepLast`, nor of the last `keepDays` days, nor of the
 * last 24 hours, nor in use, nor the last copy of something.
 *
 * @param backups of one database, newest first
 * @param inUse ids of those that a job depends on
 */
export function expiredBackups(
  backups: readonly Manifest[],
  { keepLast, keepDays }: BackupKeeping,
  { now, inUse }: { now: number; inUse: ReadonlySet<string> },
): Manifest[] {
  const keptSince = now - Math.max(keepDays, LEAST_DAYS) * DAY_MS
  return backups
    .slice(Math.max(keepLast, 1))
    .filter(
      ({ id, job, createdAt }) => Date.parse(createdAt) < keptSince && !inUse.has(id) && !lastCopies.has(job),
    )
}
