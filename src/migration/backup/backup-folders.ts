import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest, type Manifest } from './manifest.js'

/** What a folder of the backup directory is: a backup of this database, or why it is of no use to it. */
export type FoundBackup =
  { id: string; manifest: Manifest; problem: null } | { id: string; manifest: null; problem: string }

const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const folderOf = (dir: string, id: string): string => join(dir, id)

/** Whose work a folder is that is not a backup yet, or no more. */
export interface Maker {
  /** Several databases may keep their backups in one directory. */
  databaseId: string
  /** Of the runner: one that was replaced, and does not know it yet, must not touch what the next one makes. */
  fence: number
}

const draftsOf = (databaseId: string) => `.making-${databaseId}-`

/** The name of a backup that is not whole yet. */
export const draftName = ({ databaseId, fence }: Maker, jobId: string): string =>
  `${draftsOf(databaseId)}${fence}-${jobId}`

/** Newest first: ids grow with time. */
export function listBackups(dir: string, databaseId: string): FoundBackup[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter((name) => IS_ID.test(name))
    .sort()
    .reverse()
    .map((id) => lookAt(dir, id, databaseId))
}

export function findBackup(dir: string, databaseId: string, id: string): FoundBackup | undefined {
  return IS_ID.test(id) && existsSync(folderOf(dir, id)) ? lookAt(dir, id, databaseId) : undefined
}

function lookAt(dir: string, id: string, databaseId: string): FoundBackup {
  try {
    const manifest = readManifest(folderOf(dir, id))
    const problem = whyOfNoUse(manifest, id, databaseId)
    return problem === undefined ? { id, manifest, problem: null } : { id, manifest: null, problem }
  } catch (error) {
    return { id, manifest: null, problem: error instanceof Error ? error.message : String(error) }
  }
}

function whyOfNoUse(manifest: Manifest, id: string, databaseId: string): string | undefined {
  if (manifest.id !== id) return `it says that it is the backup ${manifest.id}`
  return manifest.databaseId === databaseId ? undefined : 'it is a backup of another database'
}

/** It loses its name first: half a backup must not look like a whole one. */
export function removeBackup(dir: string, maker: Maker, id: string): void {
  const going = join(dir, draftName(maker, id))
  renameSync(folderOf(dir, id), going)
  rmSync(going, { recursive: true })
}

/** Removes what the runners before this one have left half made. */
export function removeDrafts(dir: string, { databaseId, fence }: Maker): void {
  if (!existsSync(dir)) return
  const start = draftsOf(databaseId)
  const isLeft = (name: string) =>
    name.startsWith(start) && !(Number.parseInt(name.slice(start.length), 10) >= fence)
  for (const name of readdirSync(dir).filter(isLeft))
    rmSync(join(dir, name), { recursive: true, force: true })
}
