import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import { migrationRoutes } from './admin/migrations.routes.js'
import { statusRoutes } from './admin/status.routes.js'
import type { Config } from './config.js'
import type { Database } from './db/database.js'
import { requireToken } from './http/auth.js'
import { describeScope, serveDocs, serveDocument, type DocumentInfo } from './http/openapi.js'
import { createServer } from './http/server.js'
import type { App } from './http/type-provider.js'
import { createJobHost } from './migration/host.js'
import type { JournalTables } from './migration/tables.js'
import { readFileTraits } from './v1/file-traits.js'
import { v1Routes } from './v1/index.js'
import type { V1Tables } from './v1/tables.js'
import { jobKinds } from './v1/to-v2/jobs.js'
import { v2Routes } from './v2/index.js'
import type { V2Tables } from './v2/tables.js'
import { gateV1, gateV2 } from './version-gates.js'

const jobsModule = new URL('./v1/to-v2/jobs.js', import.meta.url).href

const documents = {
  v1: { title: 'Supplier tasks, version 1', description: 'The old shapes, for the clients of today.' },
  v2: { title: 'Supplier tasks, version 2', description: 'Sections, sub-tasks and project task templates.' },
  admin: { title: 'Administration', description: 'Migration jobs and the state of the database.' },
}

export interface AppOptions {
  db: Database<unknown>
  config: Pick<Config, 'adminToken' | 'apiToken' | 'legacyRetentionDays'>
  log: FastifyBaseLogger
  now?: () => number
}

/** The composition root: one server, both versions, the engine, over one database. Closes the database with it. */
export async function buildApp({ db, config, log, now = Date.now }: AppOptions): Promise<App> {
  const app = createServer(log)
  const journal = db as Database<JournalTables>
  const host = createJobHost(journal, jobsModule, log)
  app.addHook('preClose', async () => host.stopWaiting())
  app.addHook('onClose', async () => {
    await host.close()
    await db.close()
  })

  await serveDocs(app, documents)
  const traits = await readFileTraits((db as Database<V1Tables>).reader)
  await version(app, 'v1', config.apiToken, (scope) => {
    gateV1(scope, journal.reader, config.legacyRetentionDays)
    v1Routes(scope, { db: db as Database<V1Tables>, now }, traits)
  })
  await version(app, 'v2', config.apiToken, (scope) => {
    gateV2(scope, journal.reader)
    v2Routes(scope, { db: db as Database<V2Tables>, now })
  })
  await version(app, 'admin', config.adminToken, (scope) => {
    migrationRoutes(scope, { db: journal, host, kinds: jobKinds })
    statusRoutes(scope, journal, config.legacyRetentionDays)
  })
  healthRoutes(app, db)
  return app
}

/** A scope of its own, with its token and its document. */
async function version(
  app: App,
  name: keyof typeof documents,
  token: string | undefined,
  routes: (scope: App) => void,
): Promise<void> {
  const info: DocumentInfo = { ...documents[name], secured: token !== undefined }
  await app.register(
    async (scope: App) => {
      await describeScope(scope, info)
      requireToken(scope, token)
      routes(scope)
      serveDocument(app, name, scope)
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
