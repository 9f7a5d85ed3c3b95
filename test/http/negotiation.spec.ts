import t from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { post, served } from '../admin/served.js'
import { v1File } from '../to-v2/v1-file.js'

t.test('what a client says of the answer', async (t) => {
  const { path, given } = await v1File(t)
  const supplierId = given.supplier()
  const app = await served(t, path)
  t.equal((await post(app, 'migrate')).body.state, 'succeeded')
  t.equal((await post(app, 'cutover', { groups: allGroupsOn('v2') })).body.state, 'succeeded')

  const url = `/v2/suppliers/${supplierId}`
  const etagNow = async () => String((await app.inject({ url })).headers.etag)

  t.test('If-None-Match', async (t) => {
    const etag = await etagNow()
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
      for (const method of ['GET', 'HEAD'] as const)
        t.test(`${method} of an item that the client has (${known}) is answered without it`, async (t) => {
          const answer = await app.inject({ method, url, headers: { 'if-none-match': known } })
          t.equal(answer.statusCode, 304)
          t.equal(answer.body, '')
          t.equal(answer.headers.etag, etag)
          t.equal(answer.headers['content-type'], undefined)
        })
    t.test('of another version is answered with the item', async (t) => {
      const answer = await app.inject({ url, headers: { 'if-none-match': '"other"' } })
      t.equal(answer.statusCode, 200)
      t.equal(answer.json<{ id: string }>().id, supplierId)
    })
    t.test('means nothing for a list, which has no ETag', async (t) => {
      t.equal((await app.inject({ url: '/v2/suppliers', headers: { 'if-none-match': '*' } })).statusCode, 200)
    })
  })

  t.test('Prefer: return=minimal', async (t) => {
    const prefer = { prefer: 'respond-async, return=minimal' }
    t.test('leaves out the item that was made, but says where it is', async (t) => {
      const payload = { name: 'Minimal Castings' }
      const answer = await app.inject({ method: 'POST', url: '/v2/suppliers', payload, headers: prefer })
      t.match(answer, { statusCode: 201, body: '', headers: { 'preference-applied': 'return=minimal' } })
      const made = await app.inject({ url: String(answer.headers.location) })
      t.match(made, { statusCode: 200, headers: { etag: answer.headers.etag } })
      t.match(made.json(), payload)
    })
    t.test('leaves out the item that was changed, but not its ETag', async (t) => {
      const answer = await app.inject({
        method: 'PATCH',
        url,
        payload: { location: 'Brno' },
        headers: prefer,
      })
      t.match(answer, { statusCode: 204, body: '', headers: { 'preference-applied': 'return=minimal' } })
      t.equal(answer.headers.etag, await etagNow())
    })
    t.test('does not leave out why something was refused', async (t) => {
      const answer = await app.inject({ method: 'PATCH', url, payload: { location: 7 }, headers: prefer })
      t.equal(answer.statusCode, 422)
      t.equal(answer.json<{ code: string }>().code, 'invalid-input')
      t.equal(answer.headers['preference-applied'], undefined)
    })
    t.test('is not taken for another preference', async (t) => {
      const headers = { prefer: 'x-return=minimal-ish' }
      const answer = await app.inject({ method: 'PATCH', url, payload: { location: 'Linz' }, headers })
      t.equal(answer.statusCode, 200)
    })
  })

  t.test('Prefer of a job', async (t) => {
    for (const [prefer, status, applied] of [
      ['respond-async', 202, 'respond-async'],
      ['wait=30', 200, 'wait=30'],
      ['wait=999999', 200, /^wait=\d+$/],
      [undefined, 200, undefined],
    ] as const)
      t.test(`${String(prefer)} is heeded, and said to be`, async (t) => {
        const answer = await app.inject({
          method: 'POST',
          url: '/admin/migrations',
          payload: { job: 'assess' },
          headers: prefer === undefined ? {} : { prefer },
        })
        t.equal(answer.statusCode, status)
        t.match(answer.headers['preference-applied'] ?? 'none', applied ?? 'none')
        const { id } = answer.json<{ id: string }>()
        const isEnded = async () =>
          (await app.inject({ url: `/admin/migrations/${id}` })).json<{ state: string }>().state ===
          'succeeded'
        while (!(await isEnded()));
      })
  })

  t.test('Accept', async (t) => {
    for (const accept of [
      'application/json',
      'application/*',
      '*/*;q=0.1',
      'text/html, */*',
      'application/problem+json',
    ])
      t.test(`${accept} gets JSON`, async (t) => {
        const answer = await app.inject({ url, headers: { accept } })
        t.match(answer, { statusCode: 200, headers: { 'content-type': /^application\/json/ } })
      })
    for (const [accept, at] of [
      ['application/xml', url],
      ['text/csv', '/v2/suppliers'],
      ['application/json', '/v2/exports/suppliers.csv'],
      ['application/json;q=0', url],
    ] as const)
      t.test(`${accept} of ${at} is refused, and nothing of its kind is sent`, async (t) => {
        const answer = await app.inject({ url: at, headers: { accept } })
        t.equal(answer.statusCode, 406)
        t.match(answer.headers['content-type'], /^application\/problem\+json/)
        t.equal(answer.json<{ code: string }>().code, 'not-acceptable')
      })
    t.test('that names nothing here leaves undone what was asked', async (t) => {
      const headers = { accept: 'application/xml' }
      const payload = { name: 'Not Acceptable Castings' }
      t.equal((await app.inject({ method: 'POST', url: '/v2/suppliers', payload, headers })).statusCode, 406)
      t.notMatch((await app.inject({ url: '/v2/suppliers' })).body, payload.name)
    })
  })

  t.test('a method that a path does not have', async (t) => {
    t.test('is refused with those that it has', async (t) => {
      const answer = await app.inject({ method: 'DELETE', url: '/v2/suppliers?limit=1' })
      t.match(answer, { statusCode: 405, headers: { allow: 'GET, HEAD, OPTIONS, POST' } })
      t.equal(answer.json<{ code: string }>().code, 'method-not-allowed')
    })
    t.test('is another matter than a path that there is not', async (t) => {
      for (const nowhere of ['/v2/supplier', `${url}/x`, '/v2/exports/suppliersXcsv'])
        t.equal((await app.inject({ method: 'DELETE', url: nowhere })).statusCode, 404, nowhere)
    })
  })

  t.test('OPTIONS says which methods a path has', async (t) => {
    const options = async (at: string) => app.inject({ method: 'OPTIONS', url: at })
    t.match(await options(url), { statusCode: 204, headers: { allow: 'DELETE, GET, HEAD, OPTIONS, PATCH' } })
    t.match(await options('/admin/migrations'), {
      statusCode: 204,
      headers: { allow: 'GET, HEAD, OPTIONS, POST' },
    })
    t.equal((await options('/nowhere')).statusCode, 404)
  })

  t.test('a JSON Merge Patch', async (t) => {
    const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' }
    t.test('is a PATCH like any other, and null clears', async (t) => {
      const answer = await app.inject({ method: 'PATCH', url, headers, payload: '{"location":null}' })
      t.equal(answer.statusCode, 200)
      t.equal(answer.json<{ location: string | null }>().location, null)
    })
    t.test('is nothing that can be posted', async (t) => {
      const answer = await app.inject({
        method: 'POST',
        url: '/v2/suppliers',
        headers,
        payload: '{"name":"Posted"}',
      })
      t.equal(answer.statusCode, 415)
      t.notMatch((await app.inject({ url: '/v2/suppliers' })).body, 'Posted')
    })
  })
})
