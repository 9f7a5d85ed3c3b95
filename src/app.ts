import type { FastifyBaseLogger } from 'fastify'
import { setEnvironmentData } from 'node:worker_threads'
import { sql } from 'kysely'
import { auditLogRoutes } from './admin/audit-log.routes.js'
import { backupRoutes } from './admin/backups.routes.js'
import { migrationRoutes } from './admin/migrations.routes.js'
import { serveMetrics } from './admin/metrics.js'
import { statusRoutes } from './admin/status.routes.js'
import { recordUsage } from './admin/v1-usage.js'
import { adminTags } from './admin/tags.js'
import { v1UsageRoutes } from './admin/v1-usage.routes.js'
import type { Config } from './config.js'
import type { Database } from './db/database.js'
import { requireToken } from './http/auth.js'
import { serializeUncompiled } from './http/compile-lazily.js'
import { describeScope, serveDocs, serveDocument, type DocumentInfo } from './http/openapi.js'
import { problemPages } from './http/problem-pages.js'
import { createServer } from './http/server.js'
import type { App } from './http/type-provider.js'
import type { ApiGroup } from './kernel/api-groups.js'
import { createJobHost } from './migration/host.js'
import { backupsBeside } from './migration/settings.js'
import { getState, holdsV2 } from './migration/state.js'
import type { JournalTables } from './migration/tables.js'
import { readFileTraits } from './v1/file-traits.js'
import { v1Routes } from './v1/index.js'
import type { V1Tables } from './v1/tables.js'
import { v1Tags } from './v1/tags.js'
import { jobKinds } from './v1/to-v2/jobs.js'
import { quarantineRoutes } from './v1/to-v2/quarantine/quarantine.routes.js'
import { watchSync } from './v1/to-v2/sync/watch.js'
import { FILES_DIR_KEY, type FilesPlace } from './v1/to-v2/validate/files.js'
import { v2Routes } from './v2/index.js'
import { filesBeside, type FilesConfig } from './v2/submission-files/file-store.js'
import { keepSwept } from './v2/submission-files/sweeping.js'
import type { V2Tables } from './v2/tables.js'
import { v2Tags } from './v2/tags.js'
import { gateV1, gateV2, groupsOnV2 } from './version-gates.js'

const jobsModule = new URL('./v1/to-v2/jobs.js', import.meta.url).href

const documents = {
  v1: {
    title: 'Supplier tasks, version 1',
    description: 'The old shapes, for the clients of today.',
    tags: v1Tags,
    tokenVariable: 'API_TOKEN',
    // Once v1 has been dropped.
    refusals: [410],
  },
  v2: {
    title: 'Supplier tasks, version 2',
    description: 'Sections, sub-tasks and project task templates.',
    tags: v2Tags,
    tokenVariable: 'API_TOKEN',
    // Until the group of the route has been cut over.
    refusals: [409],
  },
  admin: {
    title: 'Administration',
    description: 'Migration jobs and the state of the database.',
    tags: adminTags,
    tokenVariable: 'ADMIN_TOKEN',
    refusals: [],
  },
} satisfies Record<string, DocumentInfo>

export interface AppOptions {
  db: Database<unknown>
  config: Pick<
    Config,
    | 'adminToken'
    | 'apiToken'
    | 'legacyRetentionDays'
    | 'filesDir'
    | 'filesMaxBytes'
    | 'backupDir'
    | 'backupKeeping'
  >
  log: FastifyBaseLogger
  now?: () => number
}

/** The composition root: one server, both versions, the engine, over one database. Closes the database with it. */
export async function buildApp({ db, config, log, now = Date.now }: AppOptions): Promise<App> {
  const app = createServer(log)
  const journal = db as Database<JournalTables>
  const backups = { dir: config.backupDir ?? backupsBeside(db.path), ...config.backupKeeping }
  const host = createJobHost(journal, jobsModule, log, () => ({
    backups,
    legacyRetentionDays: config.legacyRetentionDays,
    clockOffsetMs: now() - Date.now(),
  }))
  const sync = watchSync(db, log)
  const usage = recordUsage(journal, log, now)
  await sync.look()
  app.addHook('preClose', async () => {
    sync.stop()
    host.stopWaiting()
  })
  app.addHook('onClose', async () => {
    await usage.close().catch((error: unknown) => log.error({ err: error }, 'the last usage of /v1 is lost'))
    await host.close()
    await db.close()
  })

  const files = { dir: config.filesDir ?? filesBeside(db.path), maxBytes: config.filesMaxBytes }
  // Workers, which validate, are told where the files are.
  const place: FilesPlace = { dir: files.dir, isNamed: config.filesDir !== undefined }
  setEnvironmentData(FILES_DIR_KEY, { ...place })
  sweep(app, db, files)
  // Before all routes, whose requests it counts.
  serveMetrics(app, { db: journal, readSync: () => sync.read() })
  await serveDocs(app, documents)
  problemPages(app)
  const traits = await readFileTraits((db as Database<V1Tables>).reader)
  const superseded = async () => groupsOnV2(await getState(journal.reader))
  await version(app, 'v1', { token: config.apiToken, superseded }, (scope) => {
    usage.watch(scope)
    gateV1(scope, { db: journal.reader, legacyRetentionDays: config.legacyRetentionDays, now })
    v1Routes(scope, { db: db as Database<V1Tables>, now }, traits)
  })
  await version(app, 'v2', { token: config.apiToken }, (scope) => {
    gateV2(scope, journal.reader)
    v2Routes(scope, { db: db as Database<V2Tables>, now }, files)
  })
  await version(app, 'admin', { token: config.adminToken }, (scope) => {
    scope.setSerializerCompiler(serializeUncompiled)
    migrationRoutes(scope, { db: journal, host, kinds: jobKinds })
    quarantineRoutes(scope, db.reader)
    auditLogRoutes(scope, journal.reader)
    v1UsageRoutes(scope, { db: journal, usage, now })
    backupRoutes(scope, journal.reader, backups.dir)
    statusRoutes(scope, {
      db: journal,
      readSync: () => sync.read(),
      legacyRetentionDays: config.legacyRetentionDays,
    })
  })
  healthRoutes(app, db)
  return app
}

/** Until the app closes. */
function sweep(app: App, db: Database<unknown>, files: FilesConfig): void {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  const mayJudge = async () => holdsV2(await getState((db as Database<JournalTables>).reader))
  const { reader } = db as Database<V2Tables>
  const { signal } = closing
  keepSwept({ db: reader, files, log: app.log, mayJudge, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

type FindGroups = () => Promise<readonly ApiGroup[]>

/** A scope of its own, with its token and its document. */
async function version(
  app: App,
  name: keyof typeof documents,
  { token, superseded = async () => [] }: { token: string | undefined; superseded?: FindGroups },
  routes: (scope: App) => void,
): Promise<void> {
  await app.register(
    async (scope: App) => {
      await describeScope(scope, documents[name])
      requireToken(scope, token, name === 'admin' ? 'admin' : 'api')
      routes(scope)
      serveDocument(app, name, scope, superseded)
    },
    { prefix: `/${name}` },
  )
}

function healthRoutes(app: App, db: Database<unknown>): void {
  const schema = { hide: true }
  app.get('/health/live', { schema }, async () => ({ status: 'live' }))
  app.get('/health/ready', { schema }, async () => {
    await sql`select 1 from migration_state`.execute(db.reader)
    return { status: 'ready' }
  })
}
