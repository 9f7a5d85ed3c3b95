import { Type } from '@sinclair/typebox'
import { write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { downloadRoute } from './download.routes.js'
import { asItem } from './file-item.js'
import { filesPath, type FilesContext } from './files-context.js'
import { removeAfterCommit } from './keep-recorded.js'
import { requestedName } from './requested-name.js'
import { FileParams, SubmissionFiles } from './submission-files.schemas.js'
import { forgetFile, readFiles } from './submission-files.js'
import { uploadRoutes } from './upload.routes.js'

const tags = ['SubmissionFiles']

const listSchema = {
  operationId: 'listSubmissionFiles',
  summary: 'List the files of a supplier task instance',
  description: 'Those that this service keeps, and those that the instance only refers to.',
  tags,
  params: IdParams,
  response: { 200: SubmissionFiles },
}

const deleteSchema = {
  operationId: 'deleteSubmissionFile',
  summary: 'Delete a file of a supplier task instance',
  description: 'The bytes and the entry of the instance go together.',
  tags,
  params: FileParams,
  response: { 204: Type.Null({ description: 'Deleted' }) },
}

export function submissionFileRoutes(app: App, context: FilesContext): void {
  const { db } = context
  app.get(filesPath, { schema: listSchema, config: { group: 'taskRead' } }, async ({ params }) => {
    const { entries, raw } = await readFiles(db.reader, params.id)
    return { items: entries.map(asItem), raw }
  })
  deleteFileRoute(app, context)
  downloadRoute(app, context)
  uploadRoutes(app, context)
}

function deleteFileRoute(app: App, { db, now, files }: FilesContext): void {
  const options = { schema: deleteSchema, config: { group: 'taskWrite' } } as const
  app.delete(`${filesPath}/:fileName`, options, async (request, reply) => {
    const { params, headers } = request
    const file = { name: requestedName(params.fileName), ifMatch: headers['if-match'] }
    const place = await write(signed(db, request), (trx) => forgetFile(trx, params.id, file, now()))
    await removeAfterCommit(files, [place], request)
    return reply.code(204).send(null)
  })
}
