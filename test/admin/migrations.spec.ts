import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { temporaryFolder } from '../helper.js'
import { writeThrottle } from '../../src/migration/journal.js'
import { sqlConsole } from '../to-v2/migrated.js'
import { ended, post, read, served, until, v1Path } from './served.js'

t.test('POST /admin/migrations', async (t) => {
  t.test('runs a migration to its end and answers with its report', async (t) => {
    const app = await served(t, v1Path(t))
    const { status, body } = await post(app, 'migrate')
    t.equal(status, 200)
    t.match(body, {
      job: 'migrate',
      state: 'succeeded',
      phase: 'validate',
      options: { builtInSectionNames: true, dryRun: false, chunkMs: 8 },
      progress: { percent: 100, etaSeconds: null },
      report: { summary: { failed: 0 } },
      error: null,
      links: { self: `/admin/migrations/${body.id}`, report: `/admin/migrations/${body.id}/report` },
    })
    t.match((await read(app, '/admin/status')).body, {
      stage: 'migrated',
      sync: { inStep: true },
      runningJob: null,
    })
  })

  t.test('answers at once with where the job is when respond-async is preferred', async (t) => {
    const app = await served(t, v1Path(t))
    const { status, headers, body } = await post(app, 'migrate', {}, 'respond-async')
    t.equal(status, 202)
    t.equal(headers.location, `/admin/migrations/${body.id}`)
    t.match(body.state, /queued|running/)
    t.match(await ended(app, body.id), { state: 'succeeded', error: null })
    t.match((await read(app, String(headers.location))).body, { id: body.id, state: 'succeeded' })
  })

  t.test('answers 202 when the job takes longer than the preferred wait', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const { status, headers, body } = await post(app, 'migrate', {}, 'wait=0')
    t.equal(status, 202)
    t.ok(headers.location)
    t.match(await ended(app, body.id), { state: 'succeeded', error: null })
  })

  t.test('answers 200 when the job ends within the preferred wait', async (t) => {
    const app = await served(t, v1Path(t))
    t.equal((await post(app, 'assess', {}, 'handling=lenient, wait=30')).status, 200)
  })

  t.test('refuses a second job while one runs, and links to that one', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const first = await post(app, 'migrate', {}, 'respond-async')
    const second = await post(app, 'assess')
    t.equal(second.status, 409)
    t.match(second.headers['content-type'], 'application/problem+json')
    t.match(second.body, { code: 'migration-running', links: { running: first.headers.location } })
    t.match((await read(app, '/admin/status')).body, { runningJob: { id: first.body.id, job: 'migrate' } })
    await ended(app, first.body.id)
  })

  t.test('accepts exactly one of a hundred at once', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(app, 'migrate', {}, 'respond-async')),
    )
    const accepted = answers.filter(({ status }) => status === 202)
    t.equal(accepted.length, 1)
    t.equal(answers.filter(({ status }) => status === 409).length, 99)
    t.match(await ended(app, accepted[0]?.body.id ?? ''), { state: 'succeeded', error: null })
    t.match((await read(app, '/admin/migrations')).body, { items: [{ id: accepted[0]?.body.id }] })
  })

  t.test('cuts over right after a migration, step by step and back', async (t) => {
    const app = await served(t, v1Path(t))
    await post(app, 'migrate')
    for (const groups of [{ dashboard: 'v2' }, { taskRead: 'v2', taskWrite: 'v2' }, { taskWrite: 'v1' }])
      t.match((await post(app, 'cutover', { groups })).body, { state: 'succeeded', error: null })
    t.match((await read(app, '/admin/status')).body, {
      stage: 'migrated',
      groups: { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v1', taskCreate: 'v1' },
    })
    t.match((await post(app, 'rollback', { level: 'api' })).body, { state: 'succeeded' })
    t.match((await read(app, '/admin/status')).body, { groups: { dashboard: 'v1', taskRead: 'v1' } })
  })
})

t.test('POST /admin/migrations refuses', async (t) => {
  const app = await served(t, v1Path(t))
  const before = await served(t, v1Path(t))
  t.equal((await post(app, 'migrate')).status, 200)

  const invalid: [string, unknown, string][] = [
    ['an unknown job', { job: 'dance' }, '/job'],
    ['no job', {}, '/job'],
    ['an unknown field', { job: 'assess', extra: 1 }, '/extra'],
    ['options that are no object', { job: 'assess', options: 7 }, '/options'],
    ['an unknown option', { job: 'migrate', options: { turbo: true } }, '/options/turbo'],
    ['an option of another job', { job: 'assess', options: { dryRun: true } }, '/options/dryRun'],
    ['an option of another type', { job: 'migrate', options: { dryRun: 'yes' } }, '/options/dryRun'],
    ['a chunk of no time', { job: 'migrate', options: { chunkMs: 0 } }, '/options/chunkMs'],
    [
      'a rule without a name',
      { job: 'assess', options: { sectionNames: [{ code: 'A' }] } },
      '/options/sectionNames/0/name',
    ],
    [
      'a blank name in a rule',
      { job: 'assess', options: { sectionNames: [{ code: 'A', name: ' ' }] } },
      '/options/sectionNames/0/name',
    ],
    ['an unknown group', { job: 'cutover', options: { groups: { all: 'v2' } } }, '/options/groups/all'],
    [
      'an unknown version',
      { job: 'cutover', options: { groups: { dashboard: 'v3' } } },
      '/options/groups/dashboard',
    ],
    ['no groups', { job: 'cutover' }, '/options/groups'],
    ['empty groups', { job: 'cutover', options: { groups: {} } }, '/options/groups'],
    [
      'groups out of order',
      { job: 'cutover', options: { groups: { taskWrite: 'v2' } } },
      '/options/groups/taskWrite',
    ],
    ['no level of rollback', { job: 'rollback' }, '/options/level'],
    ['an as-of on no day', { job: 'validate', options: { asOf: '2026-02-30' } }, '/options/asOf'],
  ]
  for (const [title, payload, path] of invalid)
    t.test(`${title}, and names ${path}`, async (t) => {
      const answer = await app.inject({
        method: 'POST',
        url: '/admin/migrations',
        payload: payload as object,
      })
      t.equal(answer.statusCode, 422)
      t.match(answer.json(), { code: 'invalid-input', errors: [{ path }] })
    })

  for (const job of ['validate', 'cutover', 'rollback'])
    t.test(`${job} before anything was migrated`, async (t) => {
      const options = { validate: {}, cutover: { groups: { dashboard: 'v2' } }, rollback: { level: 'api' } }[
        job
      ]
      const { status, body } = await post(before, job, options)
      t.match({ status, body }, { status: 409, body: { code: 'not-migrated' } })
    })

  t.test('every job on a database that is v2 from birth', async (t) => {
    const born = await served(t, `${temporaryFolder(t)}/new.db`)
    for (const [job, options] of Object.entries({
      assess: {},
      migrate: {},
      validate: {},
      cutover: { groups: { dashboard: 'v1' } },
      rollback: { level: 'api' },
    })) {
      const { status, body } = await post(born, job, options)
      t.match({ status, body }, { status: 409, body: { code: 'no-v1' } }, job)
    }
    t.match((await read(born, '/admin/status')).body, { stage: 'contracted', groups: { taskCreate: 'v2' } })
  })

  t.test('nothing into the journal', async (t) => {
    t.match((await read(before, '/admin/migrations')).body, { items: [], nextCursor: null })
  })
})

t.test('a job that fails', async (t) => {
  t.test('is answered with its report, which names the rows', async (t) => {
    const path = v1Path(t)
    const { default: Database } = await import('better-sqlite3')
    const console = new Database(path)
    console.exec(`UPDATE supplier_task_instances SET status = 'lost' WHERE rowid = 1`)
    const id = console.prepare('SELECT id FROM supplier_task_instances WHERE rowid = 1').pluck().get()
    console.close()
    const app = await served(t, path)
    const { status, body } = await post(app, 'migrate')
    t.equal(status, 200)
    t.match(body, {
      state: 'failed',
      error: { code: 'blocked' },
      report: { status: 'failed', issues: [{ code: 'invalid-status', column: 'status', samples: [id] }] },
    })
    t.match((await read(app, '/admin/status')).body, { stage: 'v1', sync: { inStep: null } })
    t.equal((await read(app, '/v1/dashboard')).status, 200)
  })
})

t.test('the routes of a job', async (t) => {
  const app = await served(t, v1Path(t))
  const jobs = [
    await post(app, 'assess'),
    await post(app, 'migrate', { dryRun: true }),
    await post(app, 'migrate'),
  ]

  t.test('list the newest first, page by page', async (t) => {
    const first = await read(app, '/admin/migrations?limit=2')
    t.match(first.body, { items: [{ id: jobs[2]?.body.id }, { id: jobs[1]?.body.id }] })
    t.match(first.headers.link, /rel="next"/)
    const next = await read(app, `/admin/migrations?limit=2&cursor=${String(first.body.nextCursor)}`)
    t.match(next.body, { items: [{ id: jobs[0]?.body.id }], nextCursor: null })
  })
  t.test('give the report alone, as JSON or as Markdown', async (t) => {
    const url = `/admin/migrations/${String(jobs[2]?.body.id)}/report`
    t.match((await read(app, url)).body, { summary: { failed: 0 } })
    const markdown = await app.inject({ url, headers: { accept: 'text/markdown' } })
    t.match(markdown.headers['content-type'], /^text\/markdown/)
    t.match(markdown.body, /^# Report: passed/)
  })
  t.test('answer 404 for a job that never was', async (t) => {
    for (const url of ['/admin/migrations/nobody', '/admin/migrations/nobody/report'])
      t.match(await read(app, url), { status: 404, body: { code: 'not-found' } })
    for (const action of ['pause', 'resume', 'cancel']) {
      const answer = await app.inject({ method: 'POST', url: `/admin/migrations/nobody/${action}` })
      t.equal(answer.statusCode, 404)
    }
  })
  t.test('answer 409 to a pause of a job that has ended', async (t) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/admin/migrations/${String(jobs[0]?.body.id)}/pause`,
    })
    t.match(answer.json(), { status: 409, code: 'job-ended' })
  })
  t.test('pause, resume and cancel a running one, whose report is not there yet', async (t) => {
    const other = await served(t, v1Path(t, 2_000))
    const { body } = await post(other, 'migrate', { backup: false, chunkMs: 1 }, 'respond-async')
    const ask = (action: string) =>
      other.inject({ method: 'POST', url: `/admin/migrations/${body.id}/${action}` })
    await ask('pause')
    let state = ''
    for (let tries = 0; tries < 500 && state !== 'paused'; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      state = String((await read(other, `/admin/migrations/${body.id}`)).body.state)
    }
    t.equal(state, 'paused')
    t.match(await read(other, `/admin/migrations/${body.id}/report`), {
      status: 409,
      body: { code: 'no-report' },
    })
    await ask('resume')
    await ask('cancel')
    t.equal((await ended(other, body.id)).state, 'cancelled')
    t.match((await read(other, '/admin/status')).body, { stage: 'v1' })
  })
  t.test('answer as it is to what is so already, and refuse what cannot be', async (t) => {
    const path = v1Path(t, 2_000)
    const other = await served(t, path)
    const { body } = await post(other, 'migrate', { backup: false, chunkMs: 1 }, 'respond-async')
    const ask = async (action: string) => {
      const answer = await other.inject({ method: 'POST', url: `/admin/migrations/${body.id}/${action}` })
      return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
    }
    t.match(await ask('resume'), { status: 200, body: { requested: null } })
    for (const _ of [1, 2]) t.match(await ask('pause'), { status: 200, body: { requested: 'pause' } })
    await until(async () => (await read(other, `/admin/migrations/${body.id}`)).body.state === 'paused')

    const console = sqlConsole(path)
    writeThrottle(console, body.id, 'disk-space')
    console.close()
    t.match((await read(other, `/admin/migrations/${body.id}`)).body, {
      throttle: { reason: 'disk-space', since: /^\d{4}-.*Z$/ },
      progress: { rowsPerSecond: 0, etaSeconds: null },
    })

    for (const _ of [1, 2]) t.match((await ask('cancel')).status, 200)
    for (const action of ['pause', 'resume'])
      t.match(await ask(action), { status: 409, body: { code: /^job-(cancelling|ended)$/ } })
    await ended(other, body.id)
    t.match(await ask('cancel'), { status: 200, body: { state: 'cancelled', throttle: null } })
    for (const action of ['pause', 'resume'])
      t.match(await ask(action), { status: 409, body: { code: 'job-ended' } })
  })
})

t.test('closing the server', async (t) => {
  t.test('does not wait for the end of a job that a client waits for', async (t) => {
    const app = await served(t, v1Path(t, 2_000))
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const answer = new Promise<number>((resolve) => {
      const headers = { 'content-type': 'application/json', prefer: 'wait=600' }
      const asked = request({ port, method: 'POST', path: '/admin/migrations', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      asked.on('error', () => resolve(0))
      asked.end(JSON.stringify({ job: 'migrate', options: { backup: false, chunkMs: 1 } }))
    })
    let job = { state: '', id: '' }
    for (let tries = 0; tries < 500 && job.state !== 'running'; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      job = ((await read(app, '/admin/status')).body.runningJob as typeof job | null) ?? job
    }
    await app.inject({ method: 'POST', url: `/admin/migrations/${job.id}/pause` })
    const before = performance.now()
    const timer = setTimeout(() => {
      t.fail('the server waits for the client')
      void app.inject({ method: 'POST', url: `/admin/migrations/${job.id}/cancel` })
    }, 8_000)
    await app.close()
    clearTimeout(timer)
    t.ok(performance.now() - before < 8_000)
    t.match(await answer, 202)
  })
})
