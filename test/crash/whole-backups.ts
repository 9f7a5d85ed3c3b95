import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openReaderHandle } from '../../src/db/database.js'
import { folderOf, listBackups } from '../../src/migration/backup/backup-folders.js'
import { checkBackup } from '../../src/migration/backup/check-backup.js'
import { readDatabaseId } from '../../src/migration/state.js'

/** What has the name of a backup is a whole one, and nothing else was left behind. */
export async function requireWholeBackups(path: string): Promise<void> {
  const dir = join(dirname(path), 'backups')
  const db = openReaderHandle(path)
  const found = listBackups(dir, readDatabaseId(db))
  db.close()
  const wrong = found.flatMap(({ problem }) => problem ?? [])
  for (const { id, manifest } of found)
    if (manifest !== null) wrong.push(...(await checkBackup(folderOf(dir, id), manifest)))
  const others = readdirSync(dir).filter((name) => !found.some(({ id }) => id === name))
  if (found.length === 0 || wrong.length > 0 || others.length > 0)
    throw new Error(`${found.length} backups; ${[...wrong, ...others].join('; ')}`)
}
