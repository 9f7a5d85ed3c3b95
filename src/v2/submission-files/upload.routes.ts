import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { invalidInput, Problem } from '../../kernel/problem.js'
import { asItem } from './file-item.js'
import { safeFileName } from './file-name.js'
import { receive, requireSize, type FilesConfig } from './file-store.js'
import { filesPath, type FilesContext } from './files-context.js'
import { discardAll, keepRecorded, type Upload } from './keep-recorded.js'
import { asMimeType } from './mime-type.js'
import { requestedName } from './requested-name.js'
import { readWritableFiles, tagOf } from './submission-files.js'
import { AddedFiles, FileParams, SubmissionFile } from './submission-files.schemas.js'

const MOST_AT_ONCE = 20

const config = { group: 'taskWrite', takesFiles: true } as const

const tags = ['SubmissionFiles']

const putSchema = {
  operationId: 'uploadSubmissionFile',
  summary: 'Upload a file of a supplier task instance, or replace it',
  description: 'The body is the file. Honours If-Match, and If-None-Match: * for a name that is not taken.',
  tags,
  params: FileParams,
  body: { content: { 'application/octet-stream': { schema: {} } } },
  response: { 200: SubmissionFile, 201: SubmissionFile },
}

const postSchema = {
  operationId: 'uploadSubmissionFiles',
  summary: 'Upload files of a supplier task instance, all or none',
  description: 'Each replaces the file of its name, if there is one.',
  tags,
  params: IdParams,
  body: { content: { 'multipart/form-data': { schema: {} } } },
  response: { 201: AddedFiles },
}

export function uploadRoutes(app: App, context: FilesContext): void {
  void app.register(async (scope: App) => putRoute(scope, context))
  void app.register(async (scope: App) => {
    await scope.register(multipart)
    postRoute(scope, context)
  })
}

/** In a scope of its own, where nobody reads a body, whatever its type, but the handler. */
function putRoute(scope: App, context: FilesContext): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.put(`${filesPath}/:fileName`, { schema: putSchema, config }, async (request, reply) => {
    const { headers, params } = request
    const name = requestedName(params.fileName)
    if (headers['content-type']?.startsWith('multipart/') === true) throw isAForm()
    requireSize(Number(headers['content-length'] ?? 0), context.files)
    await readWritableFiles(context.db.reader, params.id)
    const received = await receive(context.files, request.raw)
    const { records, replaced } = await keepRecorded(context, request, {
      id: params.id,
      uploads: [{ name, mimeType: asMimeType(headers['content-type']), received }],
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
    })
    const [record] = records
    if (record !== undefined) void reply.header('etag', tagOf(record))
    void reply.code(replaced > 0 ? 200 : 201).header('location', request.url.split('?')[0])
    return asItem({ entry: record, record })
  })
}

const isAForm = () =>
  new Problem(
    'form-not-expected',
    'Send the bytes of the file as the body, or POST the form to the folder of the files.',
  )

function postRoute(scope: App, context: FilesContext): void {
  scope.post(filesPath, { schema: postSchema, config }, async (request, reply) => {
    const { id } = request.params
    await readWritableFiles(context.db.reader, id)
    const uploads = await receiveAll(context.files, request)
    const { records } = await keepRecorded(context, request, { id, uploads })
    return reply.code(201).send({ items: records.map((record) => asItem({ entry: record, record })) })
  })
}

/** Every file of a form; none of them when one cannot be taken. */
async function receiveAll(config: FilesConfig, request: FastifyRequest): Promise<Upload[]> {
  const limits = { files: MOST_AT_ONCE, fields: MOST_AT_ONCE, fileSize: config.maxBytes + 1 }
  const uploads: Upload[] = []
  try {
    for await (const { filename, fieldname, mimetype, file } of request.files({ limits })) {
      const name = safeFileName(filename)
      const isTaken = uploads.some((upload) => upload.name === name)
      if (name === undefined || isTaken)
        throw invalidInput([
          { path: `/${fieldname}`, message: isTaken ? 'has the name of another' : 'has no file name' },
        ])
      uploads.push({ name, mimeType: asMimeType(mimetype), received: await receive(config, file) })
    }
    if (uploads.length === 0) throw invalidInput([{ path: '/', message: 'must have a file' }])
    return uploads
  } catch (error) {
    await discardAll(uploads)
    throw isOfTheForm(error) ? brokenForm(error) : error
  }
}

/** What the parser of the form says has neither a status nor a code, unlike what anybody else does. */
const isOfTheForm = (error: unknown): error is Error =>
  error instanceof Error && !(error instanceof Problem) && !('statusCode' in error) && !('code' in error)

const brokenForm = ({ message }: Error) =>
  new Problem('broken-form', `The form cannot be read: ${message}. Nothing was kept.`)
