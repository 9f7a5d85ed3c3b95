import { conflict, type Problem } from '../../kernel/problem.js'
import type { Run } from '../run.js'
import { readDatabaseId } from '../state.js'
import { findBackup, folderOf } from './backup-folders.js'
import { checkBackup } from './check-backup.js'

export const backupUnusable = (id: string, problem: string): Problem =>
  conflict('backup-unusable', `The backup ${id} cannot be used: ${problem}.`)

/** Why a backup cannot be used here: nothing, where it can. All of it is read. */
export async function whyUnusable(run: Run, id: string): Promise<string[]> {
  const { dir } = run.settings.backups
  const found = findBackup(dir, readDatabaseId(run.db), id)
  if (found === undefined) return ['it is gone']
  return found.manifest === null
    ? [found.problem]
    : checkBackup(folderOf(dir, id), found.manifest, () => run.rest())
}
