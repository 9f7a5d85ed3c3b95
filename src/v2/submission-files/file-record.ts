import { createHash } from 'node:crypto'
import { newId } from '../../kernel/new-id.js'
import { formatInstant } from '../../kernel/instant.js'
import { safeFileName } from './file-name.js'

/** What an instance keeps of a file that was handed in here: v1's fields, and the digest of its bytes. */
export interface FileRecord {
  id: string
  /** Of the bytes on disk: the id with the ending of the original name. */
  fileName: string
  /** As it was handed in, and as it is asked for. */
  originalName: string
  size: number
  mimeType: string
  /** From the folder above that of the files. */
  path: string
  uploadedAt: string
  /** Hexadecimal. */
  sha256: string
}

/** Where the bytes are, in the folder of the files: a folder an instance. */
export interface Place {
  folder: string
  file: string
}

/** Ids are taken for names of folders where that is safe: v1 knows no rule for them. */
export const folderOf = (instanceId: string): string =>
  /^[a-z0-9][a-z0-9_-]{7,63}$/.test(instanceId)
    ? instanceId
    : `~${createHash('sha256').update(instanceId).digest('hex')}`

export function newRecord(
  instanceId: string,
  file: { name: string; mimeType: string; size: number; sha256: string },
  now: number,
): FileRecord {
  const id = newId(now)
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(file.name)?.[0].toLowerCase() ?? ''
  const fileName = `${id}${ending}`
  return {
    id,
    fileName,
    originalName: file.name,
    size: file.size,
    mimeType: file.mimeType,
    path: pathOf({ folder: folderOf(instanceId), file: fileName }),
    uploadedAt: formatInstant(now),
    sha256: file.sha256,
  }
}

const pathOf = ({ folder, file }: Place) => `files/${folder}/${file}`

/** Where the bytes of a record of this instance are. */
export const placeOf = (instanceId: string, { fileName }: Pick<FileRecord, 'fileName'>): Place => ({
  folder: folderOf(instanceId),
  file: fileName,
})

/**
 * An entry of an instance's list as a file that is kept here; undefined for any other: what v1 refers to,
 * and what only looks like one of ours. The list can be written by clients: no path of theirs leads
 * anywhere.
 */
export function asOwnRecord(instanceId: string, entry: unknown): FileRecord | undefined {
  const record = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<FileRecord>
  const { fileName, originalName, size, path, sha256 } = record
  const isOwn =
    typeof fileName === 'string' &&
    /^c[a-z0-9]{24}(\.[a-z0-9]{1,10})?$/.test(fileName) &&
    path === pathOf(placeOf(instanceId, { fileName })) &&
    typeof originalName === 'string' &&
    safeFileName(originalName) === originalName &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(size)
  if (!isOwn) return undefined
  const { id = '', mimeType = '', uploadedAt = '' } = record
  return { id, fileName, originalName, size: size ?? 0, mimeType, path, uploadedAt, sha256 }
}
