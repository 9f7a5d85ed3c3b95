import type { Kysely } from 'kysely'
import { existsSync, statSync } from 'node:fs'
import { mkdir, opendir, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../kernel/due-date.js'
import type { V2Tables } from '../tables.js'
import { INCOMING, type FilesConfig } from './file-store.js'
import { createReferences } from './file-references.js'

/** Where files wait that nothing refers to: a list that lost them by mistake can be set right meanwhile. */
const ORPHANS = '.orphans'
const ORPHANS_STAY_MS = 7 * DAY_MS

/** No upload takes so long from its bytes to its record. */
const SETTLED_MS = 60 * 60 * 1000

export interface Swept {
  /** Set aside, put back, and deleted for good. */
  orphaned: number
  returned: number
  deleted: number
}

/** Sets aside what no instance refers to, and deletes what was cut off or has been aside for a week. */
export async function sweepFiles(
  db: Kysely<V2Tables>,
  { dir }: Pick<FilesConfig, 'dir'>,
  now: number,
): Promise<Swept> {
  const isReferred = createReferences(db)
  const orphans = join(dir, ORPHANS)
  const swept: Swept = { orphaned: 0, returned: 0, deleted: 0 }
  for await (const found of filesIn(dir, now)) {
    if (found.ageMs < SETTLED_MS || (await isReferred(found))) continue
    await move(found, orphans)
    // From now on its age is how long it has been aside.
    await utimes(join(orphans, found.folder, found.file), now / 1000, now / 1000)
    swept.orphaned++
  }
  for await (const found of filesIn(orphans, now)) {
    if (await isReferred(found)) {
      await move(found, dir)
      swept.returned++
    } else if (found.ageMs >= ORPHANS_STAY_MS) {
      await rm(found.path)
      swept.deleted++
    }
  }
  for await (const found of filesInFolder(dir, INCOMING, now)) {
    if (found.ageMs < DAY_MS) continue
    await rm(found.path, { force: true })
    swept.deleted++
  }
  return swept
}

interface Found {
  path: string
  folder: string
  file: string
  ageMs: number
}

async function move({ path, folder, file }: Found, to: string): Promise<void> {
  await mkdir(join(to, folder), { recursive: true })
  await rename(path, join(to, folder, file))
}

async function* filesIn(root: string, now: number): AsyncGenerator<Found> {
  if (!existsSync(root)) return
  for await (const entry of await opendir(root))
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* filesInFolder(root, entry.name, now)
}

async function* filesInFolder(root: string, folder: string, now: number): AsyncGenerator<Found> {
  if (!existsSync(join(root, folder))) return
  for await (const entry of await opendir(join(root, folder))) {
    const path = join(root, folder, entry.name)
    // Somebody may delete it at this moment.
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile() === true) yield { path, folder, file: entry.name, ageMs: now - found.mtimeMs }
  }
}
