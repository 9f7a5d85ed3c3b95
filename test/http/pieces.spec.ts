import { Type } from '@sinclair/typebox'
import Fastify, { type LightMyRequestResponse as Response } from 'fastify'
import t from 'tap'
import { etagOf, requireMatch } from '../../src/http/etag.js'
import { answerPage, readPage } from '../../src/http/page.js'
import { Instant, Nullable } from '../../src/http/schemas.js'
import { createServer } from '../../src/http/server.js'
import { fromWire, instantText, toWire } from '../../src/http/wire.js'
import { silent } from '../helper.js'

t.test('an ETag', async (t) => {
  const item = { id: 'c1', name: 'One' }
  const tag = etagOf(item)
  t.test('is strong, and changes with the item', async (t) => {
    t.match(tag, /^"[\w-]+"$/)
    t.equal(etagOf({ ...item }), tag)
    t.not(etagOf({ ...item, name: 'one' }), tag)
  })
  t.test('stays as time goes by', async (t) => {
    const late = { ...item, isOverdue: true, asOf: '2026-03-02T00:00:00.000Z' }
    t.equal(etagOf({ ...late, isOverdue: false, asOf: '2026-03-01T00:00:00.000Z' }), etagOf(late))
  })
  for (const given of [undefined, '*', ' * ', tag, `"other", ${tag}`])
    t.test(`is matched by ${String(given).slice(0, 12)}`, async (t) =>
      t.doesNotThrow(() => requireMatch(given, item, 'item')),
    )
  for (const given of ['"other"', `W/${tag}`, tag.slice(1, -1), ''])
    t.test(`is not matched by ${JSON.stringify(given.slice(0, 8))}`, async (t) =>
      t.throws(() => requireMatch(given, item, 'item'), { status: 412, code: 'stale-etag' }),
    )
})

t.test('a page', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  const rows = ['a', 'b/ü', 'c'].map((id) => ({ id }))
  app.get('/rows', async (request, reply) => {
    const { limit, cursor } = request.query as { limit: string; cursor?: string }
    const page = readPage({ limit: Number(limit), ...(cursor === undefined ? {} : { cursor }) })
    const from = page.after === undefined ? 0 : rows.findIndex(({ id }) => id === page.after) + 1
    return answerPage(request, reply, page, rows.slice(from, from + page.limit + 1))
  })

  t.test('leads to the next by cursor and by Link, until there is none', async (t) => {
    const seen: string[] = []
    const nextOf = (link: unknown) => /<(.*)>; rel="next"/.exec(String(link))?.[1]
    let url: string | undefined = '/rows?limit=1&name=a%26b'
    while (url !== undefined) {
      const answer: Response = await app.inject({ url })
      const { items, nextCursor } = answer.json<{ items: { id: string }[]; nextCursor: string | null }>()
      seen.push(...items.map(({ id }) => id))
      url = nextOf(answer.headers.link)
      t.equal(url === undefined, nextCursor === null)
      if (url !== undefined) t.match(url, 'name=a%26b')
    }
    t.strictSame(seen, ['a', 'b/ü', 'c'])
  })
  t.test('that holds all rows has no next', async (t) => {
    t.match((await app.inject({ url: '/rows?limit=3' })).json(), { nextCursor: null })
  })
  const odd = ['[]', '[1]', '["a","b"]', '["a", 1]', '"a"', '{"0":"a"}'].map((text) =>
    Buffer.from(text).toString('base64url'),
  )
  for (const cursor of ['', 'a', '%%%', 'YQ==', 'YR', ...odd])
    t.test(`refuses the cursor ${JSON.stringify(cursor)}`, async (t) =>
      t.throws(() => readPage({ limit: 1, cursor }), { code: 'invalid-input' }),
    )
})

t.test('the wire', async (t) => {
  const schema = Type.Object({
    id: Type.String(),
    at: Instant(),
    maybe: Nullable(Instant()),
    isOn: Type.Boolean(),
    isSet: Nullable(Type.Boolean()),
    count: Type.Integer(),
  })
  t.test('shows a row as its schema says, and nothing that the schema does not name', async (t) => {
    const row = { id: 'c1', at: 0, maybe: null, isOn: 1, isSet: 0, count: 1, secret: 'x' }
    t.strictSame(toWire(schema, row), {
      id: 'c1',
      at: '1970-01-01T00:00:00.000Z',
      maybe: null,
      isOn: true,
      isSet: false,
      count: 1,
    })
  })
  t.test('leaves out what the row does not have', async (t) =>
    t.strictSame(toWire(schema, { id: 'c1' }), { id: 'c1' }),
  )
  t.test('brings a body into the form of the database', async (t) => {
    const body = {
      id: '2026-03-01',
      at: '2026-03-01',
      maybe: '2026-03-01T01:00:00+01:00',
      isOn: false,
      isSet: null,
    }
    t.strictSame(fromWire(schema, body as never), {
      id: '2026-03-01',
      at: Date.UTC(2026, 2, 1),
      maybe: Date.UTC(2026, 2, 1),
      isOn: 0,
      isSet: null,
    })
  })
  t.test('has null for no instant', async (t) =>
    t.strictSame([instantText(null), instantText(0)], [null, '1970-01-01T00:00:00.000Z']),
  )
})

t.test('an error that nobody expected', async (t) => {
  const app = createServer(silent)
  t.teardown(() => app.close())
  app.get('/defect', async () => {
    throw new Error('secret detail')
  })
  app.get('/teapot', async () => {
    throw Object.assign(new Error('short and stout'), { statusCode: 418 })
  })
  app.get('/full', async () => {
    const { default: Database } = await import('better-sqlite3')
    throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL')
  })
  app.get('/busy', async () => {
    const { default: Database } = await import('better-sqlite3')
    throw new Database.SqliteError('database is locked', 'SQLITE_BUSY_SNAPSHOT')
  })

  t.test('is answered as a defect, and tells nothing of itself', async (t) => {
    const answer = await app.inject({ url: '/defect' })
    t.match(answer.json(), { status: 500, code: 'internal' })
    t.notMatch(answer.body, /secret/)
  })
  t.test('but has a status of its own is answered with it', async (t) => {
    t.match((await app.inject({ url: '/teapot' })).json(), {
      status: 418,
      code: 'bad-request',
      detail: 'short and stout',
    })
  })
  t.test('because the disk is full is answered 507', async (t) => {
    t.match((await app.inject({ url: '/full' })).json(), { status: 507, code: 'disk-full' })
  })
  t.test('because the database is busy is answered 503, with when to try again', async (t) => {
    const answer = await app.inject({ url: '/busy' })
    t.match(answer.json(), { status: 503, code: 'database-busy' })
    t.equal(answer.headers['retry-after'], '1')
  })
})
