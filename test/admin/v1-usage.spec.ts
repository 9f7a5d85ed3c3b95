import t from 'tap'
import { listUsage, recordUsage } from '../../src/admin/v1-usage.js'
import { openDatabase } from '../../src/db/database.js'
import { createServer } from '../../src/http/server.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { silent } from '../helper.js'
import { adopt, sqlConsole } from '../to-v2/migrated.js'
import { post, read, served, v1Path } from './served.js'

type Item = Record<string, unknown>

const DAY_MS = 86_400_000
const NOON = Date.UTC(2026, 2, 2, 12)

t.test('GET /admin/v1-usage', async (t) => {
  let now = NOON
  const path = v1Path(t)
  const app = await served(t, path, { API_TOKEN: 'secret' }, () => now)
  const ask = async (url: string, agent: string, token = 'secret') =>
    (await app.inject({ url, headers: { authorization: `Bearer ${token}`, 'user-agent': agent } })).statusCode
  const used = async (query = '') => (await read(app, `/admin/v1-usage${query}`)).body.items as Item[]

  t.test('counts requests by day, route, token and user agent', async (t) => {
    for (const id of ['a', 'b']) t.equal(await ask(`/v1/tasks/${id}`, 'planner/1.0'), 404)
    t.equal(await ask('/v1/tasks', 'planner/1.0'), 200)
    t.equal(await ask('/v1/tasks', 'x'.repeat(300)), 200)
    now += DAY_MS
    t.equal(await ask('/v1/tasks', 'planner/1.0'), 200)
    const common = { client: 'api', userAgent: 'planner/1.0' }
    t.match(await used(), [
      {
        ...common,
        day: '2026-03-03',
        route: 'GET /v1/tasks',
        requests: 1,
        lastAt: '2026-03-03T12:00:00.000Z',
      },
      { day: '2026-03-02', route: 'GET /v1/tasks', userAgent: 'x'.repeat(200), requests: 1 },
      { ...common, day: '2026-03-02', route: 'GET /v1/tasks', requests: 1 },
      { ...common, day: '2026-03-02', route: 'GET /v1/tasks/:id', requests: 2 },
    ])
  })
  t.test('goes on counting where it was', async (t) => {
    await ask('/v1/tasks', 'planner/1.0')
    t.match(await used('?from=2026-03-03'), [{ requests: 2 }])
  })
  t.test('does not count who has no token, what is no route, and /v2', async (t) => {
    const before = await used()
    t.equal(await ask('/v1/tasks', 'stranger', 'wrong'), 401)
    t.equal(await ask('/v1/nothing', 'planner/1.0'), 404)
    t.equal(await ask('/v2/tasks', 'planner/1.0'), 409)
    t.same(await used(), before)
  })
  t.test('is filtered by day and client, page by page', async (t) => {
    t.equal((await used('?to=2026-03-02')).length, 3)
    t.same(await used('?client=nobody'), [])
    const first = await read(app, '/admin/v1-usage?limit=3')
    const next = await read(app, `/admin/v1-usage?limit=3&cursor=${String(first.body.nextCursor)}`)
    t.match(next.body, { items: [{ route: 'GET /v1/tasks/:id' }], nextCursor: null })
    t.equal((await read(app, '/admin/v1-usage?from=2026-02-30')).status, 400)
    const foreign = Buffer.from(JSON.stringify(['x'])).toString('base64url')
    t.equal((await read(app, `/admin/v1-usage?cursor=${foreign}`)).status, 400)
  })
  t.test('has what was counted last after the server was closed', async (t) => {
    now += DAY_MS
    await ask('/v1/tasks', 'last words')
    await app.close()
    const db = sqlConsole(path)
    t.equal(db.prepare('SELECT userAgent FROM v1_usage ORDER BY id DESC').pluck().get(), 'last words')
    db.close()
  })
})

t.test('the recorder of usage', async (t) => {
  t.test('tells the first thousand user agents apart, and no more', async (t) => {
    const path = v1Path(t)
    await adopt(path)
    const db = openDatabase<JournalTables>(path)
    const usage = recordUsage(db, silent, () => NOON)
    const app = createServer(silent)
    usage.watch(app)
    app.get('/v1/tasks', async () => ({ items: [], nextCursor: null }))
    t.teardown(async () => {
      await app.close()
      await usage.close()
      await db.close()
    })
    await Promise.all(
      Array.from({ length: 1_010 }, (_, n) =>
        app.inject({ url: '/v1/tasks', headers: { 'user-agent': `agent ${n}` } }),
      ),
    )
    await usage.flush()
    const rows = await listUsage(db.reader, { limit: 2_000, after: undefined }, {})
    t.equal(rows.length, 1_001)
    t.match(
      rows.filter(({ userAgent }) => userAgent === '(others)'),
      [{ requests: 10 }],
    )
  })
})

t.test('counts that cannot be written down', async (t) => {
  t.test('are written the next time', async (t) => {
    const path = v1Path(t)
    const app = await served(t, path)
    await app.inject('/v1/tasks')
    const db = sqlConsole(path)
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON v1_usage BEGIN SELECT RAISE(ABORT, 'no'); END`)
    t.equal((await read(app, '/admin/v1-usage')).status, 500)
    await app.inject('/v1/tasks')
    db.exec('DROP TRIGGER full')
    db.close()
    t.match((await read(app, '/admin/v1-usage')).body, { items: [{ requests: 2 }] })
  })
})

t.test('a brownout', async (t) => {
  let now = Date.now()
  const app = await served(t, v1Path(t), {}, () => now)
  const start = async (payload: object, headers = {}) => {
    const answer = await app.inject({ method: 'POST', url: '/admin/brownout', payload, headers })
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }
  await post(app, 'migrate', { backup: false })

  t.test('is refused before v2 serves every group, and for more than some minutes', async (t) => {
    t.match(await start({ minutes: 5 }), { status: 409, body: { code: 'not-cut-over' } })
    for (const minutes of [-1, 241, 'five'])
      t.match(await start({ minutes }), { status: 422, body: { errors: [{ path: '/minutes' }] } })
  })
  t.test('lets /v1 answer 503 with Sunset and Retry-After, and /v2 as ever', async (t) => {
    await post(app, 'cutover', { groups: allGroupsOn('v2') })
    t.match(await start({ minutes: 5, reason: 'CHG-8' }), {
      status: 200,
      body: { until: new Date(now + 300_000).toISOString() },
    })
    const { status, headers, body } = await read(app, '/v1/dashboard')
    t.match({ status, body }, { status: 503, body: { code: 'v1-brownout' } })
    t.match(headers, {
      'retry-after': '300',
      sunset: /GMT$/,
      deprecation: /^@\d+$/,
      link: /successor-version/,
    })
    t.equal((await read(app, '/v2/dashboard')).status, 200)
    t.match((await read(app, '/admin/status')).body, { brownoutUntil: /Z$/ })
    t.match((await read(app, '/admin/audit-log?limit=1')).body, {
      items: [{ action: 'brownout', reason: 'CHG-8', options: { minutes: 5 } }],
    })
  })
  t.test('may be as short as a part of a millisecond', async (t) => {
    t.match(await start({ minutes: 0.000_034 }), {
      status: 200,
      body: { until: new Date(now + 3).toISOString() },
    })
    t.equal((await start({ minutes: 5 })).status, 200)
  })
  t.test('that is asked for twice with one Idempotency-Key is one', async (t) => {
    const headers = { 'idempotency-key': 'b1' }
    const first = await start({ minutes: 5 }, headers)
    now += 60_000
    t.strictSame(await start({ minutes: 5 }, headers), first, 'it ends when it was to end')
    now -= 60_000
    t.match(await start({ minutes: 6 }, headers), { status: 422, body: { code: 'idempotency-key-reused' } })
  })
  t.test('is counted in the usage', async (t) => {
    t.match((await read(app, '/admin/v1-usage')).body, {
      items: [{ route: 'GET /v1/dashboard', requests: 1 }],
    })
  })
  t.test('ends by itself, by 0 minutes, and by a rollback', async (t) => {
    now += 300_001
    t.equal((await read(app, '/v1/dashboard')).status, 200)
    await start({ minutes: 5 })
    t.match((await start({ minutes: 0 })).body, { until: null })
    t.equal((await read(app, '/v1/dashboard')).status, 200)
    await start({ minutes: 5 })
    t.equal((await read(app, '/v1/dashboard')).status, 503)
    await post(app, 'rollback', { level: 'api' })
    t.equal((await read(app, '/v1/dashboard')).status, 200)
  })
})
