import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest, type Manifest } from './manifest.js'

/** What a folder of the backup directory is: a backup of this database, or why it is of no use to it. */
export type FoundBackup =
  { id: string; manifest: Manifest; problem: null } | { id: string; manifest: null; problem: string }

const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const folderOf = (dir: string, id: string): string => join(dir, id)

/** The name of a backup that is not whole yet. Several databases may keep theirs in one directory. */
export const draftName = (databaseId: string, jobId: string): string => `.making-${databaseId}-${jobId}`

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
export function removeBackup(dir: string, databaseId: string, id: string): void {
  const going = join(dir, draftName(databaseId, id))
  renameSync(folderOf(dir, id), going)
  rmSync(going, { recursive: true })
}

/** Removes what a killed process has left half made. Only while no job runs, or by the job that does. */
export function removeDrafts(dir: string, databaseId: string): void {
  if (!existsSync(dir)) return
  for (const name of readdirSync(dir))
    if (name.startsWith(draftName(databaseId, ''))) rmSync(join(dir, name), { recursive: true, force: true })
}
