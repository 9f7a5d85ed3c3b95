import BetterSqlite3 from 'better-sqlite3'
import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { App } from '../../src/http/type-provider.js'
import { createPutBack } from './put-back.js'
import { served, until, v1Path } from '../admin/served.js'

export const API_TOKEN = 'of-the-api'
export const ADMIN_TOKEN = 'of-the-operator'

export interface World {
  app: App
  rows: (sql: string) => Record<string, string>[]
  /** Everything as it was in the beginning, under the server that runs. */
  restore: () => Promise<void>
}

const groups = { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' }

/** The whole application over a migrated file in which both versions have rows of every kind. */
export async function makeWorld(t: Test): Promise<World> {
  const path = v1Path(t, 200)
  const app = await served(t, path, { API_TOKEN, ADMIN_TOKEN })
  const handle = new BetterSqlite3(path)
  t.teardown(() => handle.close())
  const rows = (sql: string) => handle.prepare(sql).all() as Record<string, string>[]
  await send(app, 'POST', '/admin/migrations', { job: 'migrate' })
  await send(app, 'POST', '/admin/migrations', { job: 'cutover', options: { groups } })
  await fill({ app, rows })
  return { app, rows, restore: await restorer({ app, handle, folder: dirname(path), path }) }
}

async function send(app: App, method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object | string) {
  const token = url.startsWith('/admin') ? ADMIN_TOKEN : API_TOKEN
  const type = typeof payload === 'string' ? { 'content-type': 'text/plain' } : {}
  const headers = { authorization: `Bearer ${token}`, ...type }
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.body}`)
  return answer.json<{ id: string; state?: string }>()
}

/** What the generator of v1 files leaves out: assignments of all, sub-tasks, files, and instances that are missing. */
async function fill({ app, rows }: Pick<World, 'app' | 'rows'>): Promise<void> {
  for (const { supplierId, projectId } of rows(
    'select s.id supplierId, p.id projectId from suppliers s, projects p order by 1, 2 limit 12',
  ))
    await send(app, 'POST', `/v2/suppliers/${String(supplierId)}/projects/${String(projectId)}/assign`)
  for (const { id, taskTypeId } of rows(
    'select id, taskTypeId from v2_tasks where parentTaskId is null limit 10',
  ))
    for (const name of ['Measure', 'Sign'])
      await send(app, 'POST', '/v2/tasks', { taskTypeId, parentTaskId: id, name })
  for (const { id } of rows('select id from v2_supplier_task_instances order by id limit 40'))
    await send(
      app,
      'PUT',
      `/v2/supplier-task-instances/${String(id)}/files/Report%201.txt`,
      '25 parts, measured',
    )
  const { id: taskTypeId } = await send(app, 'POST', '/v2/task-types', { name: 'Empty', category: 'None' })
  for (let made = 0; made < 40; made++) {
    await send(app, 'POST', '/v2/suppliers', { name: `Supplier ${made}` })
    await send(app, 'POST', '/v2/projects', { name: `Project ${made}` })
    await send(app, 'POST', '/v2/task-types', { name: `Type ${made}`, category: 'None' })
    await send(app, 'POST', '/v2/task-type-sections', { taskTypeId, name: `Section ${made}` })
  }
  for (const { id } of rows(
    `select id from v2_supplier_task_instances where status = 'not_started' limit 60`,
  ))
    await send(app, 'DELETE', `/v2/supplier-task-instances/${String(id)}`).catch(() => undefined)
}

interface Served {
  app: App
  handle: BetterSqlite3.Database
  folder: string
  path: string
}

async function restorer({ handle, folder }: Served): Promise<() => Promise<void>> {
  const [kept, files] = [join(folder, 'kept'), join(folder, 'files')]
  cpSync(files, join(kept, 'files'), { recursive: true })
  handle.exec(`vacuum into '${join(kept, 'app.db')}'`)
  handle.pragma('foreign_keys = OFF')
  const putBack = createPutBack(handle, join(kept, 'app.db'))
  const unfinished = handle.prepare(
    `select 1 from migration_jobs where state in ('queued', 'running', 'paused')`,
  )
  return async () => {
    // A job would go on in rows that are not its own any more.
    await until(async () => unfinished.get() === undefined)
    putBack()
    rmSync(files, { recursive: true, force: true })
    cpSync(join(kept, 'files'), files, { recursive: true })
  }
}
