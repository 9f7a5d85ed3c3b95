import { sql, type Kysely } from 'kysely'
import type { V2Tables } from '../tables.js'
import { folderOf, type Place } from './file-record.js'
import { findFiles } from './submission-files.js'

/** Tells whether an instance refers to the bytes at a place. Quick for places that come folder by folder. */
export function createReferences(db: Kysely<V2Tables>): (place: Place) => Promise<boolean> {
  const idOf = createIds(db)
  let last: { folder: string; files: ReadonlySet<string> | undefined } | undefined
  return async ({ folder, file }) => {
    if (last?.folder !== folder) last = { folder, files: await filesOf(db, await idOf(folder)) }
    return last.files === undefined || last.files.has(file)
  }
}

/** undefined where the list cannot be read: then it may refer to anything. */
async function filesOf(db: Kysely<V2Tables>, id: string | undefined): Promise<Set<string> | undefined> {
  const files = id === undefined ? undefined : await findFiles(db, id)
  if (files === undefined) return new Set()
  if (files.raw !== null) return undefined
  return new Set(files.entries.flatMap(({ record }) => record?.fileName ?? []))
}

/** The id that a folder is named after; undefined where no instance has it. */
function createIds(db: Kysely<V2Tables>): (folder: string) => Promise<string | undefined> {
  let ids: Map<string, string> | undefined
  return async (folder) => {
    if (!folder.startsWith('~')) return folder
    ids ??= new Map((await listOddIds(db)).map((id) => [folderOf(id), id]))
    return ids.get(folder)
  }
}

/** At least those that are no names of folders. */
async function listOddIds(db: Kysely<V2Tables>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from v2_supplier_task_instances
    where id glob '*[^a-z0-9_-]*' or id glob '[_-]*' or length(id) not between 8 and 64`.execute(db)
  return rows.map(({ id }) => id)
}
