import t from 'tap'
import { sqlConsole } from '../to-v2/migrated.js'
import { ended, post, read, served, v1Path } from './served.js'

type Entry = Record<string, unknown>

t.test('GET /admin/audit-log', async (t) => {
  const path = v1Path(t)
  const app = await served(t, path, { ADMIN_TOKEN: 'secret' })
  const headers = { authorization: 'Bearer secret' }
  const logged = async (query = '') =>
    (await read(app, `/admin/audit-log${query}`, headers)).body.items as Entry[]
  const ask = (payload: object, more: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/admin/migrations',
      headers: { ...headers, ...more },
      payload,
      remoteAddress: '127.0.0.9',
    })

  t.test('says who started a job, from where, with which options and why, and how it ended', async (t) => {
    const answer = await ask(
      { job: 'migrate', options: { backup: false }, reason: 'CHG-7' },
      { 'x-request-id': 'r1' },
    )
    const { id } = answer.json<{ id: string }>()
    const entries = await logged(`?jobId=${id}`)
    t.match(entries.at(-1), {
      action: 'job-started',
      jobId: id,
      job: 'migrate',
      actor: 'admin',
      address: '127.0.0.9',
      requestId: 'r1',
      reason: 'CHG-7',
      options: { backup: false, dryRun: false },
      outcome: null,
    })
    t.match(entries[0], {
      action: 'job-ended',
      jobId: id,
      actor: 'admin',
      outcome: 'succeeded',
      detail: null,
    })
    t.match(
      entries.slice(1, -1).map(({ action, detail }) => ({ action, detail })),
      [
        { action: 'state-changed', detail: { stage: ['expanded', 'migrated'] } },
        { action: 'state-changed', detail: { stage: ['v1', 'expanded'] } },
      ],
    )
    t.ok(entries.every(({ at }) => Math.abs(Date.parse(String(at)) - Date.now()) < 60_000))
  })

  t.test('has every change of a flag, with before and after and the job that made it', async (t) => {
    const { id } = (await ask({ job: 'cutover', options: { groups: { dashboard: 'v2' } } })).json<{
      id: string
    }>()
    t.match(await logged(`?jobId=${id}&action=state-changed`), [
      {
        job: 'cutover',
        actor: 'admin',
        detail: {
          stage: ['migrated', 'migrated'],
          groups: [{ dashboard: 'v1' }, { dashboard: 'v2' }],
        },
      },
    ])
  })

  t.test('has what another program does to a flag, too', async (t) => {
    const db = sqlConsole(path)
    db.exec(`UPDATE migration_state SET groups = json_set(groups, '$.dashboard', 'v1')`)
    db.close()
    t.match((await logged('?action=state-changed&limit=1'))[0], {
      jobId: null,
      actor: null,
      detail: { groups: [{ dashboard: 'v2' }, { dashboard: 'v1' }] },
    })
  })

  t.test('has the error of a job that fails', async (t) => {
    const { id } = (await ask({ job: 'validate', options: {} })).json<{ id: string }>()
    t.equal((await logged(`?jobId=${id}`)).length, 2)
    const db = sqlConsole(path)
    db.exec('DROP TRIGGER up_tasks_update')
    db.close()
    const failed = (await ask({ job: 'validate' })).json<{ id: string }>()
    t.match((await logged(`?jobId=${failed.id}&action=job-ended`))[0], {
      outcome: 'failed',
      detail: { code: 'checks-failed' },
    })
  })

  t.test('has nothing of what was refused, nor of a request that was repeated', async (t) => {
    const before = (await logged()).length
    t.equal((await ask({ job: 'dance' })).statusCode, 422)
    const keyed = { 'idempotency-key': 'k1' }
    for (const _ of [1, 2]) t.equal((await ask({ job: 'assess' }, keyed)).statusCode, 200)
    t.equal((await logged()).length, before + 2)
  })

  t.test('is read newest first, page by page', async (t) => {
    const first = await read(app, '/admin/audit-log?limit=2', headers)
    const [one, two] = first.body.items as Entry[]
    t.ok(Number(one?.id) > Number(two?.id))
    const next = await read(app, `/admin/audit-log?limit=2&cursor=${String(first.body.nextCursor)}`, headers)
    t.ok(Number((next.body.items as Entry[])[0]?.id) < Number(two?.id))
    const foreign = Buffer.from(JSON.stringify(['x'])).toString('base64url')
    t.equal((await read(app, `/admin/audit-log?cursor=${foreign}`, headers)).status, 400)
    t.equal((await read(app, '/admin/audit-log?action=dance', headers)).status, 400)
  })

  t.test('cannot be changed, by anybody', async (t) => {
    const db = sqlConsole(path)
    const [first] = db.prepare('SELECT min(id) FROM audit_log').pluck().all()
    for (const sql of [
      `UPDATE audit_log SET actor = 'somebody else'`,
      'DELETE FROM audit_log',
      `INSERT OR REPLACE INTO audit_log (id, at, action) VALUES (${String(first)}, 1, 'x')`,
    ])
      t.throws(() => db.exec(sql), { message: /append-only/ })
    db.close()
  })
})

t.test('the audit log has', async (t) => {
  t.test('who asked a job to pause, to go on and to stop, once each', async (t) => {
    const app = await served(t, v1Path(t, 1_000))
    const { body } = await post(app, 'migrate', { backup: false, chunkMs: 1 }, 'respond-async')
    for (const action of ['pause', 'pause', 'resume', 'cancel'])
      await app.inject({ method: 'POST', url: `/admin/migrations/${body.id}/${action}` })
    t.equal((await ended(app, body.id)).state, 'cancelled')
    const entries = (await read(app, `/admin/audit-log?jobId=${body.id}`)).body.items as Entry[]
    t.strictSame(
      entries.map(({ action }) => action).filter((action) => action !== 'state-changed'),
      ['job-ended', 'cancel-asked', 'resume-asked', 'pause-asked', 'job-started'],
    )
    t.match(entries[0], { outcome: 'cancelled', actor: null, detail: { code: 'cancelled' } })
  })
})
