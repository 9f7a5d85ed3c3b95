import BetterSqlite3 from 'better-sqlite3'
import type { RouteOptions } from 'fastify'
import type { Test } from 'tap'
import type { Context } from '../../src/http/resource.js'
import type { App } from '../../src/http/type-provider.js'
import { v1Routes } from '../../src/v1/index.js'
import type { V1Tables } from '../../src/v1/tables.js'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV1, openV2, serve } from '../helper.js'

/** A JSON Schema, as far as bodies use it. */
export interface Schema {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  required?: string[]
  enum?: string[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  maxItems?: number
  maximum?: number
  minProperties?: number
  additionalProperties?: boolean
}

export interface Route {
  method: string
  /** As it was registered: `/v2/tasks/:id`. */
  url: string
  body: Schema | undefined
  querystring: Schema | undefined
}

/** One version's routes over a database, and that database's contents. */
export interface Served {
  app: App
  routes: readonly Route[]
  /** Every row of every table. */
  contents: () => string
}

const NOW = Date.UTC(2026, 2, 1)
const file = { hasResponsibleParties: true, legacySuffix: '_old' } as const

export async function serveVersion(t: Test, version: 'v1' | 'v2'): Promise<Served> {
  return version === 'v1'
    ? serveV1(t)
    : serveRoutes(t, 'v2', v2Routes, { db: await openV2<V2Tables>(t), now })
}

const now = () => NOW

async function serveV1(t: Test): Promise<Served> {
  const db = await openV1<V1Tables>(t)
  const handle = new BetterSqlite3(db.path)
  handle.exec('alter table project_milestone_tasks add column responsibleParties text')
  handle.close()
  const routes = (app: App, context: Context<V1Tables>) => v1Routes(app, context, file)
  return serveRoutes(t, 'v1', routes, { db, now })
}

async function serveRoutes<Tables>(
  t: Test,
  version: 'v1' | 'v2',
  register: (app: App, context: Context<Tables>) => void,
  context: Context<Tables>,
): Promise<Served> {
  const routes: Route[] = []
  const listen = ({ method, url, schema }: RouteOptions) => {
    // Bytes and forms: test/v2/submission-files.spec.ts has what is bad about those.
    if (url.includes('/files')) return
    const { body, querystring } = (schema ?? {}) as { body?: Schema; querystring?: Schema }
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push({ method: one, url, body, querystring })
  }
  const app = await serve<Tables>(
    t,
    `/${version}`,
    (scope, given) => {
      scope.addHook('onRoute', listen)
      register(scope, given)
    },
    context,
  )
  return { app, routes, contents: contentsOf(t, context.db.path) }
}

function contentsOf(t: Test, path: string): () => string {
  const handle = new BetterSqlite3(path, { readonly: true })
  t.teardown(() => handle.close())
  const tables = handle
    .prepare(`select name from sqlite_master where type = 'table' order by name`)
    .pluck()
    .all() as string[]
  const queries = tables.map((table) => handle.prepare(`select * from "${table}" order by 1`).raw())
  return () => JSON.stringify(queries.map((query) => query.all()))
}
