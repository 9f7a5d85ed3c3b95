import type { LightMyRequestResponse as Response } from 'fastify'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import type { App } from '../../src/http/type-provider.js'
import { served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { sqlConsole } from '../to-v2/migrated.js'

const HOUR = 3_600_000

/** The application over a new database, which has v2 only, and a console on the file. */
async function build(t: Test, environment: NodeJS.ProcessEnv = {}) {
  const path = `${temporaryFolder(t)}/new.db`
  const app = await served(t, path, environment)
  const console = sqlConsole(path)
  t.teardown(() => console.close())
  return { path, app, console }
}

interface Ask {
  key?: string
  url?: string
  headers?: Record<string, string>
}
/** Async, as inject alone does not begin before somebody waits for it. */
const create = async (
  app: App,
  payload: object,
  { key, url = '/v2/suppliers', headers = {} }: Ask,
): Promise<Response> =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) },
  })

const acme = { name: 'Acme' }
const count = (console: Handle, table = 'suppliers') =>
  console.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
const isReplay = ({ headers }: Response) => headers['idempotency-replayed'] === 'true'

t.test('a POST with an Idempotency-Key', async (t) => {
  t.test('that is repeated has one effect, and one answer', async (t) => {
    const { app, console } = await build(t)
    const first = await create(app, acme, { key: 'k1' })
    t.match(first, { statusCode: 201, headers: { 'idempotency-replayed': undefined } })
    const again = await create(app, acme, { key: 'k1' })
    t.ok(isReplay(again))
    t.equal(again.statusCode, 201)
    t.equal(again.body, first.body)
    for (const header of ['etag', 'location', 'content-type'])
      t.equal(again.headers[header], first.headers[header], header)
    t.equal(count(console), 1)
  })

  t.test('has the answer of then, although the item has changed or gone', async (t) => {
    const { app } = await build(t)
    const first = await create(app, acme, { key: 'k1' })
    await app.inject({ method: 'DELETE', url: String(first.headers.location) })
    t.equal((await create(app, acme, { key: 'k1' })).body, first.body)
  })

  t.test('has the same answer after a restart', async (t) => {
    const { path, app } = await build(t)
    const first = await create(app, acme, { key: 'k1' })
    await app.close()
    const again = await create(await served(t, path), acme, { key: 'k1' })
    t.ok(isReplay(again))
    t.equal(again.body, first.body)
  })

  t.test('does not assign, nor move dates, a second time', async (t) => {
    const { app, console } = await build(t)
    const made = async (url: string, payload: object) =>
      (await create(app, payload, { url: `/v2/${url}` })).json<{ id: string }>().id
    const projectId = await made('projects', { name: 'Falcon' })
    const taskTypeId = await made('task-types', { name: 'Approval', category: 'General' })
    const taskId = await made('tasks', { taskTypeId, name: 'Gage' })
    await made('project-task-templates', { projectId, taskId, dueDate: '2026-03-02' })
    const supplierId = await made('suppliers', acme)
    const assign = `/v2/suppliers/${supplierId}/projects/${projectId}/assign`
    for (const [url, body] of [
      [assign, {}],
      [`/v2/projects/${projectId}/shift-dates`, { days: 7 }],
    ] as const) {
      const send = () =>
        app.inject({
          method: 'POST',
          url,
          headers: { 'idempotency-key': 'k1' },
          ...(url === assign ? {} : { payload: body }),
        })
      const first = await send()
      const again = await send()
      t.match(again, { statusCode: first.statusCode, body: first.body }, url)
      t.same([isReplay(first), isReplay(again)], [false, true], url)
    }
    const due = console.prepare('SELECT dueDate FROM v2_supplier_task_instances').pluck().all()
    t.same(due, [Date.parse('2026-03-09')], 'one instance, moved once')
  })

  t.test('is the same request whatever the order of the fields of its body', async (t) => {
    const { app } = await build(t)
    const contacts = [{ name: 'Ada', email: 'ada@example.com' }]
    await create(app, { name: 'Acme', location: 'Here', contacts }, { key: 'k1' })
    const swapped = [{ email: 'ada@example.com', name: 'Ada' }]
    t.ok(isReplay(await create(app, { contacts: swapped, location: 'Here', name: 'Acme' }, { key: 'k1' })))
  })

  for (const [what, body, url] of [
    ['another value', { name: 'Other' }, undefined],
    ['a further field', { name: 'Acme', location: 'Here' }, undefined],
    ['another query', acme, '/v2/suppliers?x=1'],
  ] as const)
    t.test(`but ${what} is refused`, async (t) => {
      const { app, console } = await build(t)
      await create(app, acme, { key: 'k1' })
      const answer = await create(app, body, { key: 'k1', ...(url === undefined ? {} : { url }) })
      t.match(answer.json(), { status: 422, code: 'idempotency-key-reused' })
      t.equal(count(console), 1)
    })

  t.test('is another request than one with another key, or with none', async (t) => {
    const { app, console } = await build(t)
    await create(app, acme, { key: 'k1' })
    t.match((await create(app, acme, { key: 'K1' })).json(), { code: 'already-exists' })
    t.match((await create(app, acme, {})).json(), { code: 'already-exists' })
    t.equal((await create(app, { name: 'Other' }, {})).statusCode, 201)
    t.equal(count(console), 2)
  })

  t.test('is another request on another route', async (t) => {
    const { app } = await build(t)
    await create(app, acme, { key: 'k1' })
    const project = await create(app, acme, { key: 'k1', url: '/v2/projects' })
    t.equal(project.statusCode, 201)
    t.notOk(isReplay(project))
  })

  t.test('is another request of another caller', async (t) => {
    const { path, app } = await build(t)
    await create(app, acme, { key: 'k1' })
    await app.close()
    const secured = await served(t, path, { API_TOKEN: 'secret' })
    const headers = { authorization: 'Bearer secret' }
    const other = await create(secured, { name: 'Other' }, { key: 'k1', headers })
    t.equal(other.statusCode, 201)
    t.notOk(isReplay(other))
  })

  t.test('that was refused leaves the key free', async (t) => {
    const { app, console } = await build(t)
    await create(app, acme, {})
    t.equal((await create(app, acme, { key: 'k1' })).statusCode, 409)
    t.equal((await create(app, { name: '' }, { key: 'k1' })).statusCode, 422)
    t.equal(count(console, 'idempotency_keys'), 0)
    const answer = await create(app, { name: 'Other' }, { key: 'k1' })
    t.equal(answer.statusCode, 201)
    t.notOk(isReplay(answer))
  })
})

t.test('an Idempotency-Key', async (t) => {
  const { app, console } = await build(t)
  for (const [what, key] of [
    ['a character', 'x'],
    ['255 characters', 'x'.repeat(255)],
    ['a quoted string', '"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    [
      'every printable character',
      Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).join(' '),
    ],
  ] as const)
    t.test(`may be ${what}`, async (t) => {
      t.equal((await create(app, { name: what }, { key })).statusCode, 201)
      t.ok(isReplay(await create(app, { name: what }, { key })))
    })
  for (const [what, key] of [
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a control character', 'a\tb'],
    ['a letter that is not ASCII', 'é'],
  ] as const)
    t.test(`may not be ${what}`, async (t) => {
      const before = count(console)
      const answer = await create(app, { name: what }, { key })
      t.match(answer.json(), { status: 400, code: 'invalid-input', errors: [{ path: '/idempotency-key' }] })
      t.equal(count(console), before)
    })
})

t.test('an Idempotency-Key that was used', async (t) => {
  const age = (console: Handle, ms: number) =>
    console.prepare('UPDATE idempotency_keys SET createdAt = createdAt - ?').run(ms)

  t.test('is kept for 24 hours', async (t) => {
    const { app, console } = await build(t)
    await create(app, acme, { key: 'k1' })
    age(console, 24 * HOUR - 60_000)
    t.ok(isReplay(await create(app, acme, { key: 'k1' })))
  })
  t.test('means a new request afterwards', async (t) => {
    const { app, console } = await build(t)
    await create(app, acme, { key: 'k1' })
    age(console, 24 * HOUR + 1)
    t.match((await create(app, acme, { key: 'k1' })).json(), { code: 'already-exists' })
    const other = await create(app, { name: 'Other' }, { key: 'k1' })
    t.equal(other.statusCode, 201)
    t.notOk(isReplay(other))
    t.equal(count(console, 'idempotency_keys'), 1)
  })
  t.test('goes with others of its age, a hundred at a time', async (t) => {
    const { app, console } = await build(t)
    const insert = console.prepare(`INSERT INTO idempotency_keys VALUES ('api', 'POST /x', ?, 'f', '1', ?)`)
    for (let n = 0; n < 250; n++) insert.run(`old ${n}`, n)
    const left: unknown[] = []
    for (const name of ['A', 'B', 'C', 'D']) {
      await create(app, { name }, { key: name })
      left.push(count(console, 'idempotency_keys'))
    }
    t.strictSame(left, [151, 52, 3, 4])
  })
})

t.test('two requests with one key at once', async (t) => {
  t.test('have one effect, and one answer', async (t) => {
    const { app, console } = await build(t)
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(app, acme, { key: 'k1' })))
    t.strictSame([...new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`))].length, 1)
    t.equal(answers.filter((answer) => !isReplay(answer)).length, 1)
    t.equal(count(console), 1)
  })

  t.test('do not wait for each other for long', { timeout: 20_000 }, async (t) => {
    const { app, console } = await build(t)
    console.exec('BEGIN IMMEDIATE')
    const first = create(app, acme, { key: 'k1' })
    const second = await create(app, acme, { key: 'k1' })
    t.match(second.json(), { status: 409, code: 'idempotency-key-in-flight' })
    t.equal(second.headers['retry-after'], '1')
    console.exec('ROLLBACK')
    t.equal((await first).statusCode, 201)
    t.ok(isReplay(await create(app, acme, { key: 'k1' })))
  })

  t.test('are two requests when the first has no effect', { timeout: 20_000 }, async (t) => {
    const { app, console } = await build(t)
    await create(app, acme, {})
    console.exec('BEGIN IMMEDIATE')
    const answers = [acme, { name: 'Other' }].map((body) => create(app, body, { key: 'k1' }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    console.exec('ROLLBACK')
    const [refused, created] = await Promise.all(answers)
    t.equal(refused?.statusCode, 409)
    t.match(created, { statusCode: 201, headers: { 'idempotency-replayed': undefined } })
  })
})
