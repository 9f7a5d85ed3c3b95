import { Type, type Static } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import { answerPage, readPage } from '../http/page.js'
import { Id, IdParams, Instant, Nullable, PageOf, PageQuery, ProblemAnswers } from '../http/schemas.js'
import type { App } from '../http/type-provider.js'
import { notFound } from '../kernel/problem.js'
import { findBackup, listBackups, type FoundBackup } from '../migration/backup/backup-folders.js'
import { Manifest } from '../migration/backup/manifest.js'
import { backupUnusable } from '../migration/backup/usable-backup.js'
import { getDatabaseId } from '../migration/state.js'
import type { JournalTables } from '../migration/tables.js'

const ofManifest = Type.Pick(Manifest, ['job', 'createdAt', 'stage', 'applicationVersion', 'bytes', 'rows'])

const BackupItem = Type.Object({
  id: Id('of the job that made it'),
  problem: Nullable(Type.String({ description: 'why it cannot be restored here, where that is known' })),
  summary: Nullable(Type.Object({ ...ofManifest.properties, createdAt: Instant() })),
  links: Type.Object({ self: Type.String(), job: Type.String() }),
})

const Backup = Type.Object({
  ...Manifest.properties,
  folder: Type.String({ description: 'below BACKUP_DIR' }),
})

const tags = ['Backups']

/** Backups are folders, of which each says itself what it is: they can be copied away, and back. */
export function backupRoutes(app: App, db: Kysely<JournalTables>, dir: string): void {
  const list = {
    operationId: 'listBackups',
    summary: 'List backups, newest first',
    tags,
    querystring: Type.Object(PageQuery, { additionalProperties: false }),
    response: { 200: PageOf(BackupItem), ...ProblemAnswers },
  }
  app.get('/backups', { schema: list }, async (request, reply) => {
    const page = readPage(request.query)
    const found = listBackups(dir, await getDatabaseId(db))
    const from = found.filter(({ id }) => page.after === undefined || id < page.after)
    return answerPage(request, reply, page, from.slice(0, page.limit + 1).map(asItem))
  })

  const get = {
    operationId: 'getBackup',
    summary: 'Get what one backup holds',
    description: '409 `backup-unusable` of one that is not whole, or not of this database.',
    tags,
    params: IdParams,
    response: { 200: Backup, ...ProblemAnswers },
  }
  app.get('/backups/:id', { schema: get }, async (request) => {
    const { id } = request.params
    const found = findBackup(dir, await getDatabaseId(db), id)
    if (found === undefined) throw notFound('backup', id)
    if (found.manifest === null) throw backupUnusable(id, found.problem)
    return { ...found.manifest, folder: id }
  })
}

function asItem({ id, manifest, problem }: FoundBackup): Static<typeof BackupItem> {
  const links = { self: `/admin/backups/${id}`, job: `/admin/migrations/${id}` }
  if (manifest === null) return { id, problem, summary: null, links }
  const { job, createdAt, stage, applicationVersion, bytes, rows } = manifest
  return { id, problem, summary: { job, createdAt, stage, applicationVersion, bytes, rows }, links }
}
