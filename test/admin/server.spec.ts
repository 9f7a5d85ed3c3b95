import { connect, type AddressInfo } from 'node:net'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { served, v1Path } from './served.js'

t.test('the server', async (t) => {
  const app = await served(t, v1Path(t))

  const refused: [string, InjectOptions, number, string][] = [
    ['an unknown route', { url: '/nowhere?x=1' }, 404, 'no-such-route'],
    [
      'a method that a route does not have',
      { method: 'PUT', url: '/v1/suppliers' },
      405,
      'method-not-allowed',
    ],
    [
      'a body that is no JSON',
      {
        method: 'POST',
        url: '/admin/migrations',
        headers: { 'content-type': 'application/json' },
        payload: '{"job":',
      },
      400,
      'ctp-invalid-json-body',
    ],
    [
      'an empty body',
      {
        method: 'POST',
        url: '/admin/migrations',
        headers: { 'content-type': 'application/json' },
        payload: '',
      },
      400,
      'ctp-empty-json-body',
    ],
    [
      'a body with __proto__',
      {
        method: 'POST',
        url: '/admin/migrations',
        headers: { 'content-type': 'application/json' },
        payload: '{"job":"assess","__proto__":{}}',
      },
      400,
      'ctp-invalid-json-body',
    ],
    [
      'a body of another type',
      { method: 'POST', url: '/admin/migrations', headers: { 'content-type': 'text/csv' }, payload: 'job' },
      415,
      'ctp-invalid-media-type',
    ],
    [
      'a body that is too large',
      { method: 'POST', url: '/admin/migrations', payload: { job: 'x'.repeat(3_000_000) } },
      413,
      'ctp-body-too-large',
    ],
    ['a path that cannot be decoded', { url: '/v1/suppliers/%zz' }, 400, 'bad-url'],
    ['an id that is too long', { url: `/v1/suppliers/${'x'.repeat(101)}` }, 400, 'invalid-input'],
    [
      'a part of a path that is too long',
      { url: `/v1/suppliers/${'x'.repeat(766)}` },
      414,
      'max-param-length',
    ],
    ['a limit that is too high', { url: '/v1/suppliers?limit=501' }, 400, 'invalid-input'],
    ['an unknown query parameter', { url: '/v1/suppliers?colour=red' }, 400, 'invalid-input'],
  ]
  for (const [title, request, status, code] of refused)
    t.test(`answers ${title} with a problem document`, async (t) => {
      const answer = await app.inject(request)
      t.equal(answer.statusCode, status)
      t.match(answer.headers['content-type'], /^application\/problem\+json/)
      t.match(answer.json(), { status, code, title: String, detail: String, type: `/docs/problems/${code}` })
      t.ok(answer.headers['x-request-id'])
      t.equal(answer.json<{ instance: string }>().instance, answer.headers['x-request-id'])
    })

  t.test('takes over a request id that is safe to print', async (t) => {
    const id = 'client-7:a.b_C'
    const answer = await app.inject({ url: '/health/live', headers: { 'x-request-id': id } })
    t.equal(answer.headers['x-request-id'], id)
  })
  for (const id of ['two words', 'x'.repeat(101), '', 'line%0Abreak', '<script>', 'ünsafe'])
    t.test(`makes its own request id instead of ${JSON.stringify(id).slice(0, 20)}`, async (t) => {
      const answer = await app.inject({ url: '/health/live', headers: { 'x-request-id': id } })
      t.match(answer.headers['x-request-id'], /^[\da-f]{8}-[\da-f-]{27}$/)
    })

  t.test('is live and ready', async (t) => {
    t.match((await app.inject({ url: '/health/live' })).json(), { status: 'live' })
    t.match((await app.inject({ url: '/health/ready' })).json(), { status: 'ready' })
  })
  t.test('lets a client wait for a job in silence, as long as Prefer allows', async (t) => {
    t.equal(app.server.timeout, 0)
  })
  t.test('serves a document for each version', async (t) => {
    for (const name of ['v1', 'v2', 'admin'])
      t.match((await app.inject({ url: `/openapi/${name}.json` })).json(), { openapi: '3.1.0' })
  })

  t.test('cuts a request off that is not HTTP, and goes on', async (t) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const text = await new Promise<string>((resolve) => {
      let read = ''
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
      socket.on('data', (data) => (read += String(data)))
      socket.on('close', () => resolve(read))
    })
    t.match(text, /^HTTP\/1.1 400/)
    t.equal((await app.inject({ url: '/health/live' })).statusCode, 200)
  })
})

t.test('tokens', async (t) => {
  const app = await served(t, v1Path(t), { ADMIN_TOKEN: 'admin-secret', API_TOKEN: 'api-secret' })
  const status = async (url: string, authorization?: string) =>
    (await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })).statusCode

  t.test('open what they are for', async (t) => {
    t.equal(await status('/admin/status', 'Bearer admin-secret'), 200)
    t.equal(await status('/v1/suppliers', 'Bearer api-secret'), 200)
    t.equal(await status('/v1/suppliers', 'bearer api-secret'), 200)
    t.equal(await status('/v2/suppliers', 'Bearer api-secret'), 409)
  })
  for (const [title, authorization] of [
    ['no token', undefined],
    ['the token of the other scope', 'Bearer api-secret'],
    ['a beginning of the token', 'Bearer admin'],
    ['the token and more', 'Bearer admin-secret2'],
    ['another scheme', 'Basic admin-secret'],
    ['the token alone', 'admin-secret'],
  ] as const)
    t.test(`keep /admin closed to ${title}`, async (t) => {
      t.equal(await status('/admin/status', authorization), 401)
    })
  t.test('are asked for by a refusal that says how', async (t) => {
    const answer = await app.inject({ url: '/v1/suppliers' })
    t.match(answer.json(), { status: 401, code: 'unauthorized' })
    t.equal(answer.headers['www-authenticate'], 'Bearer')
  })
  t.test('are not needed for health and documents', async (t) => {
    t.equal(await status('/health/live'), 200)
    t.equal(await status('/openapi/v1.json'), 200)
  })
  t.test('are asked for before a missing v1 or v2 is told', async (t) => {
    t.equal(await status('/v2/suppliers'), 401)
  })
})
