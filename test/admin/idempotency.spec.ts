import t from 'tap'
import type { App } from '../../src/http/type-provider.js'
import { startServer } from '../scripts/processes.js'
import { sqlConsole } from '../to-v2/migrated.js'
import { ended, read, served, v1Path, type JobBody } from './served.js'

const migrate = { job: 'migrate' }

async function start(app: App, payload: object, key: string, prefer = 'wait=60') {
  const headers = { 'idempotency-key': key, prefer }
  const answer = await app.inject({ method: 'POST', url: '/admin/migrations', headers, payload })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.json<JobBody & { code?: string }>(),
  }
}
const jobIds = async (app: App) =>
  ((await read(app, '/admin/migrations')).body.items as { id: string }[]).map(({ id }) => id)

t.test('POST /admin/migrations with an Idempotency-Key', async (t) => {
  t.test('that is repeated answers with the job as it is now', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const first = await start(app, migrate, 'k1', 'respond-async')
    t.equal(first.status, 202)
    const waiting = await start(app, migrate, 'k1')
    t.match(waiting, { status: 200, body: { id: first.body.id, state: 'succeeded' } })
    t.equal(waiting.headers['idempotency-replayed'], 'true')
    t.match(await start(app, migrate, 'k1', 'respond-async'), {
      status: 200,
      body: { id: first.body.id, report: { summary: { failed: 0 } } },
    })
    t.strictSame(await jobIds(app), [first.body.id])
  })

  t.test('leads to its own job, whichever runs now', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const assessed = await start(app, { job: 'assess' }, 'k1')
    const running = await start(
      app,
      { job: 'migrate', options: { backup: false, chunkMs: 1 } },
      'k2',
      'respond-async',
    )
    t.match(await start(app, { job: 'assess' }, 'k1'), { status: 200, body: { id: assessed.body.id } })
    t.match(await start(app, { job: 'assess' }, 'k3'), { status: 409, body: { code: 'migration-running' } })
    await ended(app, running.body.id)
    t.match(await start(app, { job: 'validate' }, 'k3'), {
      status: 200,
      headers: { 'idempotency-replayed': undefined },
    })
  })

  t.test('is refused with other options', async (t) => {
    const app = await served(t, v1Path(t))
    await start(app, { job: 'migrate', options: { dryRun: true } }, 'k1')
    t.match(await start(app, migrate, 'k1'), { status: 422, body: { code: 'idempotency-key-reused' } })
    t.equal((await jobIds(app)).length, 1)
  })
})

t.test('what is asked of a running job, with an Idempotency-Key', async (t) => {
  const app = await served(t, v1Path(t, 1_000))
  const payload = { job: 'migrate', options: { backup: false, chunkMs: 1 } }
  const { id } = (await start(app, payload, 'k1', 'respond-async')).body
  const ask = async (what: string, key: string) => {
    const url = `/admin/migrations/${id}/${what}`
    const answer = await app.inject({ method: 'POST', url, headers: { 'idempotency-key': key } })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.json<Record<string, unknown>>(),
    }
  }
  t.match(await ask('pause', 'p1'), { status: 200, body: { requested: 'pause' } })
  t.match(await ask('resume', 'r1'), { status: 200, body: { requested: null } })
  // A client that has not heard of the answer; meanwhile somebody else wants the job to go on.
  t.match(await ask('pause', 'p1'), {
    status: 200,
    headers: { 'idempotency-replayed': 'true' },
    body: { id, requested: null },
  })
  t.match(await ask('pause', 'r1'), { body: { requested: 'pause' } }, 'a key is of one route')
  t.match(await ask('cancel', 'c1'), { status: 200, body: { requested: 'cancel' } })
  t.equal((await ended(app, id)).state, 'cancelled')
  t.match(await ask('cancel', 'c1'), { status: 200, body: { state: 'cancelled' } })
})

t.test('an Idempotency-Key', { timeout: 120_000 }, async (t) => {
  const post = async (address: string, path: string, body: object) => {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k1', prefer: 'respond-async' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as JobBody }
  }

  t.test('whose server was killed before the effect is free', async (t) => {
    const path = v1Path(t)
    const killed = await startServer(t, { DATABASE_PATH: path })
    const console = sqlConsole(path)
    t.teardown(() => console.close())
    console.exec('BEGIN IMMEDIATE')
    const cutOff = post(killed.address, '/v1/suppliers', { name: 'Acme' }).catch(() => 'cut off')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await killed.end('SIGKILL')
    t.equal(await cutOff, 'cut off')
    console.exec('ROLLBACK')
    const next = await startServer(t, { DATABASE_PATH: path })
    const answer = await post(next.address, '/v1/suppliers', { name: 'Acme' })
    t.equal(answer.status, 201)
    t.equal(answer.headers.get('idempotency-replayed'), null)
  })

  t.test('whose server was killed after the effect leads to it', async (t) => {
    const path = v1Path(t, 20_000)
    const killed = await startServer(t, { DATABASE_PATH: path })
    const body = { job: 'migrate', options: { backup: false, chunkMs: 1 } }
    const first = await post(killed.address, '/admin/migrations', body)
    await killed.end('SIGKILL')
    const next = await startServer(t, { DATABASE_PATH: path })
    const again = await post(next.address, '/admin/migrations', body)
    t.equal(again.headers.get('idempotency-replayed'), 'true')
    t.equal(again.body.id, first.body.id)
  })
})
