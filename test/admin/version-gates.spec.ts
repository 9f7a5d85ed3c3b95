import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { apiGroups, type ApiGroup } from '../../src/kernel/api-groups.js'
import { temporaryFolder } from '../helper.js'
import { post, read, served, v1Path } from './served.js'

type Served = Awaited<ReturnType<typeof served>>

/** One request of each group. The writing ones are to rows that are not there: past the gate that is a 404 or 422. */
const requests: Record<ApiGroup, { method: 'GET' | 'PATCH' | 'DELETE'; url: string; payload?: object }> = {
  dashboard: { method: 'GET', url: '/v2/dashboard' },
  taskRead: { method: 'GET', url: '/v2/tasks' },
  taskWrite: { method: 'PATCH', url: '/v2/tasks/nobody', payload: { name: 'x' } },
  taskCreate: { method: 'DELETE', url: '/v2/tasks/nobody' },
}
const answered = async (app: Served) => {
  const codes: Record<string, string> = {}
  for (const group of apiGroups) {
    const answer = await app.inject(requests[group])
    const isClosed = answer.statusCode === 409 && answer.json<{ code: string }>().code === 'v2-not-active'
    codes[group] = isClosed ? 'v1' : 'v2'
  }
  return codes
}
const allOn = (version: string) => Object.fromEntries(apiGroups.map((group) => [group, version]))

t.test('/v2', async (t) => {
  t.test('answers 409 for every group before a cutover, and names the group', async (t) => {
    const app = await served(t, v1Path(t))
    t.strictSame(await answered(app), allOn('v1'))
    t.match((await read(app, '/v2/dashboard')).body, { code: 'v2-not-active', group: 'dashboard' })
    await post(app, 'migrate')
    t.strictSame(await answered(app), allOn('v1'))
  })

  t.test('answers group by group as they are cut over, and no more after a rollback', async (t) => {
    const app = await served(t, v1Path(t))
    await post(app, 'migrate')
    const expected = allOn('v1')
    for (const group of apiGroups) {
      await post(app, 'cutover', { groups: { [group]: 'v2' } })
      expected[group] = 'v2'
      t.strictSame(await answered(app), expected)
    }
    await post(app, 'rollback', { level: 'api' })
    t.strictSame(await answered(app), allOn('v1'))
  })

  t.test('answers on a database that is v2 from birth', async (t) => {
    const app = await served(t, `${temporaryFolder(t)}/new.db`)
    t.strictSame(await answered(app), allOn('v2'))
    const gone = await read(app, '/v1/suppliers')
    t.match(gone, {
      status: 410,
      body: { code: 'v1-gone' },
      headers: { link: '</v2>; rel="successor-version"' },
    })
  })
})

t.test('/v1', async (t) => {
  const path = v1Path(t)
  const app = await served(t, path, { LEGACY_RETENTION_DAYS: '10' })
  await post(app, 'migrate')

  let dashboardSince: unknown
  t.test('says nothing of a successor before its group is cut over', async (t) => {
    await post(app, 'cutover', { groups: { dashboard: 'v2' } })
    const { status, headers } = await read(app, '/v1/tasks')
    t.equal(status, 200)
    t.notMatch(headers.link, /successor/)
    t.strictSame([headers.deprecation, headers.sunset], [undefined, undefined])
  })

  t.test('says since when a group is cut over, and until when it will stay at least', async (t) => {
    const { headers } = await read(app, '/v1/dashboard')
    const now = Date.now()
    const since = Number(/^@(\d+)$/.exec(String(headers.deprecation))?.[1]) * 1000
    t.equal(headers.link, '</v2>; rel="successor-version"')
    t.ok(since > now - 60_000 && since <= now, `${since}`)
    t.ok(Math.abs(Date.parse(String(headers.sunset)) - now - 10 * 86_400_000) < 2_000)
    dashboardSince = headers.deprecation
  })

  t.test('goes on answering after the last group, and says since when and until when', async (t) => {
    await post(app, 'cutover', { groups: { taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' } })
    const { status, headers } = await read(app, '/v1/suppliers?limit=500')
    const { body } = await read(app, '/admin/status')
    const { since, contractAllowedAt } = body.retention as { since: string; contractAllowedAt: string }
    t.equal(status, 200)
    t.equal(headers.deprecation, `@${Math.floor(Date.parse(since) / 1000)}`)
    t.equal(headers.sunset, new Date(contractAllowedAt).toUTCString())
    t.equal(Date.parse(contractAllowedAt) - Date.parse(since), 10 * 86_400_000)
    t.equal(body.stage, 'cutover')
    t.equal((await read(app, '/v1/dashboard')).headers.deprecation, dashboardSince, 'each group has its own')
  })

  t.test('keeps the link to its next page beside the one to its successor', async (t) => {
    const { headers, body } = await read(app, '/v1/suppliers?limit=1')
    t.ok(body.nextCursor)
    const link = [headers.link].flat().join(', ')
    t.match(link, /rel="next"/)
    t.match(link, /rel="successor-version"/)
  })

  for (const [method, url] of [
    ['GET', '/v1/dashboard'],
    ['GET', '/v1/task-instances'],
    ['POST', '/v1/supplier-project-instances'],
    ['PATCH', '/v1/project-milestone-tasks/nobody'],
    ['DELETE', '/v1/milestones/nobody'],
  ] as const)
    t.test(`says so in answer to ${method} ${url}`, async (t) => {
      const { headers } = await app.inject({ method, url })
      t.match(headers.link, /successor-version/)
      t.ok(headers.deprecation && headers.sunset)
    })

  t.test('says so in its refusals too', async (t) => {
    t.match((await read(app, '/v1/suppliers/nobody')).headers.link, /successor-version/)
  })
})

t.test('USE_V2_API', async (t) => {
  t.test('is the first value of the flag, which no later start changes', async (t) => {
    const path = v1Path(t)
    const first = await served(t, path, { USE_V2_API: 'dashboard, taskRead' })
    const groups = { ...allOn('v1'), dashboard: 'v2', taskRead: 'v2' }
    t.match((await read(first, '/admin/status')).body, { stage: 'v1', groups })
    t.strictSame(await answered(first), allOn('v1'), 'v2 has no data yet')
    await first.close()
    const second = await served(t, path, { USE_V2_API: 'false' })
    t.match((await read(second, '/admin/status')).body, { groups })
    await post(second, 'migrate')
    t.strictSame(await answered(second), groups)
  })

  t.test('as true is a full cutover as soon as v2 holds the data, and the retention begins', async (t) => {
    const app = await served(t, v1Path(t), { USE_V2_API: 'true' })
    await post(app, 'migrate')
    const { body } = await read(app, '/admin/status')
    t.match(body, { stage: 'cutover', retention: { since: /Z$/, contractAllowedAt: /Z$/ } })
  })

  for (const [value, message] of [
    ['taskRead', /names taskRead before those that come first/],
    ['everything', /names everything: it may be/],
  ] as const)
    t.test(`is refused as ${value}`, async (t) => {
      await t.rejects(served(t, v1Path(t), { USE_V2_API: value }), message)
    })
})

t.test('naming options', async (t) => {
  t.test('are refused once v2 has its names, and not ignored', async (t) => {
    const app = await served(t, v1Path(t))
    await post(app, 'migrate')
    for (const options of [
      { sectionNames: [{ code: 'PA2', name: 'Other' }] },
      { builtInSectionNames: false },
    ])
      for (const job of ['migrate', 'assess'])
        t.match((await post(app, job, options)).body, { status: 409, code: 'names-are-set' })
  })
})

t.test('the old application', async (t) => {
  t.test('may write to the file while the service has it open, and /v1 shows it at once', async (t) => {
    const path = v1Path(t)
    const app = await served(t, path)
    const old = new BetterSqlite3(path)
    old.exec(
      `INSERT INTO projects (id, name, updatedAt) VALUES ('cold', 'From the old application', 1780000000000)`,
    )
    old.close()
    t.match(await read(app, '/v1/projects/cold'), { status: 200, body: { name: 'From the old application' } })
  })
})
