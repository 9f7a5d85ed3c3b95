import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FileHandle } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { readRange } from '../../http/byte-range.js'
import { asAttachment } from '../../http/content-disposition.js'
import { namesTagWeakly } from '../../http/etag.js'
import type { App } from '../../http/type-provider.js'
import { Problem } from '../../kernel/problem.js'
import type { V2Tables } from '../tables.js'
import { placeOf, type FileRecord } from './file-record.js'
import { openKept, type FilesConfig } from './file-store.js'
import { asMimeType } from './mime-type.js'
import { requestedName } from './requested-name.js'
import { filesPath, type FilesContext } from './files-context.js'
import { FileParams } from './submission-files.schemas.js'
import { getRecord, readFiles, tagOf } from './submission-files.js'

/** Of the type that the file came with, or that its name tells. */
const bytes = {
  description: 'The bytes',
  content: { 'application/octet-stream': { schema: {} }, '*/*': { schema: {} } },
}

const schema = {
  operationId: 'downloadSubmissionFile',
  summary: 'Download a file of a supplier task instance, or a part of it',
  description: 'Honours Range, If-Range and If-None-Match.',
  tags: ['SubmissionFiles'],
  params: FileParams,
  'x-problems': [416],
  response: { 200: bytes, 206: bytes, 304: { type: 'null', description: 'Not modified' } },
}

const missing = ({ originalName }: FileRecord) =>
  new Problem(
    'file-missing',
    `The bytes of "${originalName}" are not where they were kept: restore them from a copy of the folder, or upload the file again.`,
  )

const damaged = ({ originalName, size }: FileRecord, found: number) =>
  new Problem(
    'file-damaged',
    `"${originalName}" had ${size} bytes when it was uploaded and has ${found} now: restore it from a copy, or upload it again.`,
  )

export function downloadRoute(app: App, { db, files }: FilesContext): void {
  app.get(`${filesPath}/:fileName`, { schema, config: { group: 'taskRead' } }, async (request, reply) => {
    const name = requestedName(request.params.fileName)
    const { record, handle } = await openRecorded(db.reader, files, { id: request.params.id, name })
    try {
      return await answerBytes(request, reply, { record, handle })
    } catch (error) {
      await handle.close()
      throw error
    }
  })
}

interface Opened {
  record: FileRecord
  handle: FileHandle
}

/** Whoever replaces the file takes its bytes away between the two looks: then the new ones are there. */
async function openRecorded(
  db: Kysely<V2Tables>,
  config: FilesConfig,
  { id, name }: { id: string; name: string },
): Promise<Opened> {
  let record = getRecord(await readFiles(db, id), name, 404)
  let handle = await openKept(config, placeOf(id, record))
  if (handle === undefined) {
    record = getRecord(await readFiles(db, id), name, 404)
    handle = await openKept(config, placeOf(id, record))
  }
  if (handle === undefined) throw missing(record)
  return { record, handle }
}

async function answerBytes(request: FastifyRequest, reply: FastifyReply, { record, handle }: Opened) {
  const { headers } = request
  const { size } = await handle.stat()
  if (size !== record.size) throw damaged(record, size)
  const tag = tagOf(record)
  void reply.headers({
    etag: tag,
    'accept-ranges': 'bytes',
    'content-disposition': asAttachment(record.originalName),
    'x-content-type-options': 'nosniff',
    // Should a browser show it after all, it may do nothing.
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, no-cache',
  })
  const known = headers['if-none-match']
  if (known !== undefined && namesTagWeakly(known, tag)) {
    await handle.close()
    return reply.code(304).send()
  }
  const mayBePart = headers['if-range'] === undefined || headers['if-range'] === tag
  const range = mayBePart ? readRange(headers.range, size) : undefined
  if (range !== undefined)
    void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  void reply
    .type(asMimeType(record.mimeType))
    .header('content-length', range === undefined ? size : range.end - range.start + 1)
  return reply.send(handle.createReadStream(range ?? {}))
}
