import type { FastifyRequest } from 'fastify'
import { write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { Problem } from '../../kernel/problem.js'
import { newRecord, placeOf, type FileRecord, type Place } from './file-record.js'
import { discard, keep, remove, type FilesConfig, type Received } from './file-store.js'
import type { FilesContext } from './files-context.js'
import { recordFiles, type Conditions } from './submission-files.js'

/** A file of a request, whose bytes are here. */
export interface Upload {
  name: string
  mimeType: string
  received: Received
}

/** Gives every upload for the instance its place and records them all, or none. */
export async function keepRecorded(
  { db, now, files: config }: FilesContext,
  request: FastifyRequest,
  { id, uploads, ...conditions }: Conditions & { id: string; uploads: readonly Upload[] },
): Promise<{ records: FileRecord[]; replaced: number }> {
  const at = now()
  const kept = uploads.map(({ name, mimeType, received }) => ({
    received,
    record: newRecord(id, { name, mimeType, size: received.size, sha256: received.sha256 }, at),
  }))
  const records = kept.map(({ record }) => record)
  const places = records.map((record) => placeOf(id, record))
  try {
    // The bytes first: a crash in between leaves bytes without a record, which are harmless and swept.
    for (const [index, { received, record }] of kept.entries())
      await keep(config, received, places[index] ?? placeOf(id, record))
    const replaced = await write(signed(db, request), (trx) =>
      recordFiles(trx, id, { ...conditions, records }, at),
    )
    await removeAfterCommit(config, replaced, request)
    return { records, replaced: replaced.length }
  } catch (error) {
    // Only what was refused is surely not recorded; after any other failure the sweep decides.
    if (error instanceof Problem) await Promise.all(places.map((place) => remove(config, place)))
    throw error
  } finally {
    await discardAll(uploads)
  }
}

export const discardAll = (uploads: readonly Upload[]) =>
  Promise.all(uploads.map(({ received }) => discard(received)))

/** The request has done its work: what cannot be removed now is removed by the sweep. */
export async function removeAfterCommit(
  config: FilesConfig,
  places: readonly Place[],
  { log }: Pick<FastifyRequest, 'log'>,
): Promise<void> {
  for (const place of places)
    await remove(config, place).catch((error: unknown) =>
      log.warn({ err: error, place }, 'a file that is not needed any more could not be removed'),
    )
}
