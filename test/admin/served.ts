import type { Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import type { App } from '../../src/http/type-provider.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'
import { silent, temporaryFolder } from '../helper.js'

/** A v1 file of the generator's, as the old application left it. */
export function v1Path(t: Test, instances = 60): string {
  const path = `${temporaryFolder(t)}/app.db`
  generateV1({ path, instances, seed: 3 })
  return path
}

/** The whole application over a file, configured by an environment. */
export async function served(
  t: Test,
  path: string,
  environment: NodeJS.ProcessEnv = {},
  now: () => number = Date.now,
): Promise<App> {
  const config = readConfig(environment)
  const db = await openApplicationDatabase(path, config.initialGroups)
  const app = await buildApp({ db, config, log: silent, now })
  t.teardown(() => app.close())
  return app
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  body: Record<string, unknown>
}

export interface JobBody {
  id: string
  state: string
  links: { self: string }
  error: { code: string; detail: string } | null
}

/** POST /admin/migrations. A test that looks at more of the answer than a job's first fields says at what. */
export async function post<Body = JobBody>(app: App, job: string, options: object = {}, prefer?: string) {
  const answer = await app.inject({
    method: 'POST',
    url: '/admin/migrations',
    headers: prefer === undefined ? {} : { prefer },
    payload: { job, options },
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Body>() }
}

export async function read(app: App, url: string, headers: Record<string, string> = {}) {
  const answer = await app.inject({ url, headers })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() }
}

/** No job of these small files takes so long, also on a busy machine. */
const LIMIT_MS = 120_000

/** Polls a job until it has ended. */
export async function ended(app: App, id: string): Promise<JobBody> {
  for (const giveUpAt = performance.now() + LIMIT_MS; performance.now() < giveUpAt;) {
    const job = (await app.inject({ url: `/admin/migrations/${id}` })).json<JobBody>()
    if (!['queued', 'running', 'paused', 'interrupted'].includes(job.state)) return job
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the job ${id} does not end`)
}

/** Waits until something holds, a minute at most; gives how long that took. */
export async function until(holds: () => Promise<boolean>, ms = 60_000): Promise<number> {
  const before = performance.now()
  while (!(await holds())) {
    if (performance.now() - before > ms) throw new Error(`not within ${ms} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - before
}
