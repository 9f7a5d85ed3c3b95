import { Body } from '../../http/schemas.js'
import type { JobKind, Phase } from '../job.js'
import type { Run } from '../run.js'
import { readDatabaseId } from '../state.js'
import { listBackups, removeBackup } from './backup-folders.js'
import { makeBackup, makerOf, neededBytes, requireRoom, type AddFiles } from './make-backup.js'
import type { Manifest } from './manifest.js'
import { expiredBackups } from './retention.js'

/**
 * Makes a backup, and removes those that are kept no longer. A dry run only looks whether there is room: a
 * copy of its copy would be of no use.
 */
export const backup = (addFiles?: AddFiles): Phase => ({
  name: 'backup',
  async run(run) {
    const { dir } = run.settings.backups
    if (run.isScratch) {
      requireRoom(dir, neededBytes(run.db))
      return
    }
    const manifest = await makeBackup(run, addFiles)
    run.findings.backup = summaryOf(manifest, removeExpired(run))
  },
})

function summaryOf({ id, bytes, rows, tables, files }: Manifest, removed: string[]) {
  return { id, bytes, rows, tables: tables.length, files: files.length + 1, removed }
}

/** What a job depends on stays until it has ended: its own backup, and the one that it is to restore. */
function removeExpired(run: Run): string[] {
  const { db, settings, job } = run
  const { dir, ...keep } = settings.backups
  const own = listBackups(dir, readDatabaseId(db)).flatMap(({ manifest }) => manifest ?? [])
  const inUse = new Set([job.id, String(job.options.backupId)])
  const expired = expiredBackups(own, keep, { now: run.now(), inUse })
  for (const { id } of expired) removeBackup(dir, makerOf(run), id)
  return expired.map(({ id }) => id)
}

/** At any stage of the database, also after v1 is gone. */
export const backupJob: JobKind = {
  name: 'backup',
  summary: 'A consistent copy of the live database, every table as CSV, the schema; checked, and restorable.',
  options: Body({}),
  admit: () => undefined,
  phases: () => [backup()],
}
