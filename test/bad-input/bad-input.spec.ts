import t, { type Test } from 'tap'
import type { Example } from './examples.js'
import { serveVersion, type Route, type Schema, type Served } from './served.js'
import { v1Examples } from './v1-examples.js'
import { v2Examples } from './v2-examples.js'
import { badBodies } from './variants.js'

type Call = (
  route: Pick<Route, 'method' | 'url'>,
  params: object,
  payload: string | Buffer,
  headers?: object,
) => Promise<Refusal>

interface Refusal {
  status: number
  type: string
  code: string
  paths: string[]
  isReplay: boolean
}

const JSON_TYPE = { 'content-type': 'application/json' }

const callOver =
  ({ app }: Served): Call =>
  async ({ method, url }, params, payload, headers = JSON_TYPE) => {
    const filled = url.replaceAll(/:(\w+)/g, (_, name: string) => String(params[name as keyof typeof params]))
    const answer = await app.inject({
      method: method as 'POST',
      url: filled,
      payload,
      headers: { ...headers },
    })
    const body = answer.body === '' ? {} : answer.json<{ code?: string; errors?: { path: string }[] }>()
    return {
      status: answer.statusCode,
      type: String(answer.headers['content-type']).split(';')[0] ?? '',
      code: String(body.code),
      paths: (body.errors ?? []).map(({ path }) => path),
      isReplay: answer.headers['idempotency-replayed'] === 'true',
    }
  }

const PROBLEM = 'application/problem+json'

for (const version of ['v1', 'v2'] as const)
  t.test(`bad input for /${version}`, async (t) => {
    const served = await serveVersion(t, version)
    const call = callOver(served)
    const examples = await (version === 'v1' ? v1Examples : v2Examples)(served.app)
    const taking = served.routes.flatMap(({ body, ...route }) =>
      body === undefined ? [] : [{ ...route, body }],
    )
    const before = served.contents()
    let refused = 0

    t.test('every route that takes a body has an example here', async (t) => {
      t.same(Object.keys(examples).sort(), taking.map(({ method, url }) => `${method} ${url}`).sort())
      t.ok(taking.length >= 15, `${taking.length} routes`)
    })

    for (const route of taking) {
      const own = examples[`${route.method} ${route.url}`] ?? []
      t.test(`${route.method} ${route.url}`, async (t) => {
        refused += await playBadBodies(t, { ...route, examples: own, call })
        await playBadRequests(t, { ...route, example: own[0], call })
        t.ok(served.contents() === before, 'nothing is written')
      })
    }

    t.test('a query is refused with the parameter that is wrong', async (t) => {
      let queries = 0
      for (const { method, url, querystring } of served.routes)
        for (const [query, path] of badQueries(querystring)) {
          const answer = await call({ method, url: `${url}?${query}` }, {}, '', {})
          const right = { status: 400, type: PROBLEM, code: 'invalid-input', paths: [path] }
          t.match(answer, right, `${url}?${query}`)
          queries++
        }
      t.ok(queries > 80, `${queries} queries`)
    })

    t.test('what stands in the path and does not exist is not found, whatever the method', async (t) => {
      let paths = 0
      for (const { method, url, body } of served.routes.filter(({ url }) => url.includes(':')))
        for (const [id, status] of badIds) {
          const example = examples[`${method} ${url}`]?.[0]
          const payload = body === undefined ? '' : JSON.stringify(example?.body)
          const params = Object.fromEntries<string>(
            [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, id]),
          )
          const answer = await call({ method, url }, params, payload, body === undefined ? {} : JSON_TYPE)
          t.match(answer, { status, type: PROBLEM }, `${method} ${url} ${id.slice(0, 20)}`)
          paths++
        }
      t.ok(paths >= (version === 'v1' ? 120 : 200), `${paths} paths`)
      t.ok(served.contents() === before, 'nothing is written')
    })

    t.test('a stale ETag is refused by whatever changes or deletes an item', async (t) => {
      const conditional = served.routes.filter(({ method }) => method !== 'POST' && method !== 'GET')
      const anyBody = (url: string) => examples[`PATCH ${url}`]?.[0] ?? examples[`PUT ${url}`]?.[0]
      for (const { method, url, body } of conditional) {
        const example = anyBody(url)
        if (example === undefined) throw new Error(`no example for ${url}`)
        const payload = body === undefined ? '' : JSON.stringify(example.body)
        const headers = { ...(body === undefined ? {} : JSON_TYPE), 'if-match': '"of another day"' }
        const answer = await call({ method, url }, example.params, payload, headers)
        t.match(answer, { status: 412, type: PROBLEM, code: 'stale-etag' }, `${method} ${url}`)
      }
      t.ok(served.contents() === before, 'nothing is written')
    })

    t.test('and every example is accepted, so that what was refused was refused for its fault', async (t) => {
      for (const [route, own] of Object.entries(examples))
        for (const { params, body } of own) {
          const [method = '', url = ''] = route.split(' ')
          const key = method === 'POST' ? { 'idempotency-key': JSON.stringify(body).slice(0, 255) } : {}
          const send = () => call({ method, url }, params, JSON.stringify(body), { ...JSON_TYPE, ...key })
          const { status, code } = await send()
          t.ok(status < 300, `${route} ${code} ${Object.keys(body).join()}`)
          if (method !== 'POST') continue
          const after = served.contents()
          t.match(await send(), { status, isReplay: true }, `${route} again, with its key`)
          t.ok(served.contents() === after, 'once is enough')
        }
      t.not(served.contents(), before)
      t.ok(refused >= (version === 'v1' ? 400 : 900), `${refused} bad bodies were refused`)
    })
  })

/** In a path: of nothing, with what no id has, ill-formed, and too long for any. */
const badIds: readonly [id: string, status: number][] = [
  ['none', 404],
  ['%00', 404],
  [encodeURIComponent('’;--'), 404],
  ['%ED%A0%80', 400],
  ['%zz', 400],
  ['x'.repeat(101), 400],
  ['x'.repeat(800), 414],
]

const badValues: readonly (readonly [(schema: Schema) => boolean, readonly string[]])[] = [
  [({ enum: values }) => values !== undefined, ['someday']],
  [({ format }) => format === 'date-time', ['2026-02-30', 'soon']],
  [({ type }) => type === 'boolean', ['maybe']],
  [({ type }) => type === 'integer', ['0', '501', '1.5', 'many']],
  [({ maxLength }) => maxLength !== undefined, ['', 'x'.repeat(1001)]],
  [({ maxLength }) => maxLength === 1000, ['bm9uZQ', 'WyJub25lIg', 'nothing']],
]

/** Queries that a route refuses, each with the path of what is wrong. */
function badQueries(querystring: Schema | undefined): [string, string][] {
  if (querystring === undefined) return []
  const known = Object.entries(querystring.properties ?? {}).flatMap(([name, schema]) =>
    badValues.flatMap(([fits, values]) =>
      fits(schema) ? values.map((value): [string, string] => [`${name}=${value}`, `?${name}`]) : [],
    ),
  )
  return [['nmae=x', '?nmae'], ...known]
}

interface Played {
  method: string
  url: string
  body: Schema
  call: Call
}

async function playBadBodies(
  t: Test,
  { examples, call, ...route }: Played & { examples: readonly Example[] },
) {
  const named = new Set(examples.flatMap(({ body }) => Object.keys(body)))
  t.same([...named].sort(), Object.keys(route.body.properties ?? {}).sort(), 'the examples name every field')
  let refused = 0
  for (const { params, body } of examples)
    for (const bad of badBodies(route.body, body)) {
      const answer = await call(route, params, JSON.stringify(bad.body))
      const isRight =
        answer.status === 422 &&
        answer.type === PROBLEM &&
        answer.code === 'invalid-input' &&
        answer.paths.includes(bad.path)
      if (isRight) refused++
      else t.fail(`${bad.what} is not refused as it should be`, { ...answer, body: bad.body })
    }
  return refused
}

async function playBadRequests(
  t: Test,
  { example, call, ...route }: Played & { example: Example | undefined },
) {
  if (example === undefined) return
  const good = JSON.stringify(example.body)
  for (const name of Object.keys(example.params))
    for (const id of ['none', '%00', encodeURIComponent('’;--')]) {
      const answer = await call(route, { ...example.params, [name]: id }, good)
      t.match(answer, { status: 404, type: PROBLEM, code: 'not-found' }, `:${name} ${id}`)
    }
  const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')])
  for (const [what, payload, headers, status] of [
    ['half a document', good.slice(0, -1), JSON_TYPE, 400],
    ['nothing', '', JSON_TYPE, 400],
    ['bytes that are no UTF-8', broken, JSON_TYPE, 400],
    ['a poisoned prototype', '{"__proto__":{"isActive":true}}', JSON_TYPE, 400],
    ['nesting without end', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, JSON_TYPE, 422],
    ['more than 2 MB', `"${'x'.repeat(3_000_000)}"`, JSON_TYPE, 413],
    ['another type', good, { 'content-type': 'text/plain' }, 415],
  ] as const)
    t.match(await call(route, example.params, payload, headers), { status, type: PROBLEM }, what)
}
