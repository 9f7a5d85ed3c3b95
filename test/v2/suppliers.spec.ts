import t from 'tap'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV2, serve } from '../helper.js'

const build = async (t: import('tap').Test) =>
  serve<V2Tables>(t, '/v2', v2Routes, { db: await openV2(t), now: () => Date.UTC(2026, 2, 1) })

t.test('a supplier', async (t) => {
  t.test('is created, read, changed and deleted', async (t) => {
    const app = await build(t)
    const created = await app.inject({ method: 'POST', url: '/v2/suppliers', payload: { name: 'Acme' } })
    t.equal(created.statusCode, 201)
    t.match(created.json(), { name: 'Acme', contacts: [], createdAt: '2026-03-01T00:00:00.000Z' })
    const url = created.headers.location ?? ''
    const patched = await app.inject({
      method: 'PATCH',
      url,
      payload: { contacts: [{ name: 'Ann' }] },
      headers: { 'if-match': String(created.headers.etag) },
    })
    t.match(patched.json(), { name: 'Acme', contacts: [{ name: 'Ann' }] })
    const stale = await app.inject({
      method: 'DELETE',
      url,
      headers: { 'if-match': String(created.headers.etag) },
    })
    t.match(stale.json(), { status: 412, code: 'stale-etag' })
    t.equal((await app.inject({ method: 'DELETE', url })).statusCode, 204)
    t.equal((await app.inject({ url })).statusCode, 404)
  })

  t.test('is listed page by page', async (t) => {
    const app = await build(t)
    for (const name of ['A', 'B', 'C'])
      await app.inject({ method: 'POST', url: '/v2/suppliers', payload: { name } })
    const first = await app.inject({ url: '/v2/suppliers?limit=2' })
    t.equal(first.json<{ items: [] }>().items.length, 2)
    const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    const second = await app.inject({ url: next })
    t.match(second.json(), { items: [{ name: 'C' }], nextCursor: null })
  })

  t.test('refuses what it does not know, with the path', async (t) => {
    const app = await build(t)
    const refused = await app.inject({
      method: 'POST',
      url: '/v2/suppliers',
      payload: { name: 'A', nmae: 'B' },
    })
    t.match(refused.json(), { status: 422, code: 'invalid-input', errors: [{ path: '/nmae' }] })
    t.match((await app.inject({ url: '/v2/suppliers?limit=0' })).json(), {
      status: 400,
      errors: [{ path: '?limit' }],
    })
  })
})
