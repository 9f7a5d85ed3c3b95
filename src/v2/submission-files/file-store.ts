import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { Problem } from '../../kernel/problem.js'
import type { Place } from './file-record.js'

/** Where files are handed in, and how large one may be. */
export interface FilesConfig {
  dir: string
  maxBytes: number
}

export const USUAL_MAX_BYTES = 50 * 1024 * 1024

/** Where files are kept unless another folder is named: in `files`, beside the database. */
export const filesBeside = (databasePath: string): string => join(dirname(databasePath), 'files')

/** Of uploads that are not complete, in the folder of the files, so that renaming does not copy. */
export const INCOMING = '.incoming'

/** Bytes on disk, under no name yet. */
export interface Received {
  temporary: string
  size: number
  sha256: string
}

const tooLarge = (maxBytes: number) =>
  new Problem('file-too-large', `A file may have ${maxBytes} bytes at most.`)

const cutOff = () => new Problem('upload-cut-off', 'The upload ended before its end. Nothing was kept.')

const diskFull = () => new Problem('disk-full', 'There is no space left for the file. Nothing was kept.')

/** @throws Problem `file-too-large`, for what a client announces or has sent */
export function requireSize(bytes: number, { maxBytes }: FilesConfig): void {
  if (bytes > maxBytes) throw tooLarge(maxBytes)
}

/**
 * Writes a body to disk as it comes, with its digest; a body that ends early leaves nothing.
 *
 * @throws Problem `file-too-large`, `upload-cut-off`, `disk-full`
 */
export async function receive(config: FilesConfig, body: Readable): Promise<Received> {
  const folder = join(config.dir, INCOMING)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, randomUUID())
  try {
    return { temporary, ...(await writeTo(temporary, config, body)) }
  } catch (error) {
    await rm(temporary, { force: true })
    throw asRefusal(error)
  }
}

async function writeTo(path: string, config: FilesConfig, body: Readable) {
  const digest = createHash('sha256')
  let size = 0
  const file = await open(path, 'wx')
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      requireSize(size, config)
      digest.update(chunk)
      await file.appendFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { size, sha256: digest.digest('hex') }
}

function asRefusal(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull()
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' ? cutOff() : error
}

/** Gives received bytes their place. After this they survive a power failure, in that place. */
export async function keep({ dir }: FilesConfig, { temporary }: Received, place: Place): Promise<void> {
  const folder = join(dir, place.folder)
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined
  await rename(temporary, join(folder, place.file))
  await syncFolder(folder)
  if (isNew) await syncFolder(dir)
}

/** A new name is only safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export const discard = ({ temporary }: Received): Promise<void> => rm(temporary, { force: true })

export const remove = ({ dir }: FilesConfig, { folder, file }: Place): Promise<void> =>
  rm(join(dir, folder, file), { force: true })

/** Open for reading, so that the bytes stay even if their name goes; undefined where there is no such file. */
export async function openKept(
  { dir }: FilesConfig,
  { folder, file }: Place,
): Promise<FileHandle | undefined> {
  try {
    return await open(join(dir, folder, file), 'r')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
