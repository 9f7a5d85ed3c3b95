import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { post, served, until, v1Path } from './served.js'

/** The samples of a metric by their labels: `{stage="v1"}`. */
function samples(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(name.length, at), Number(line.slice(at + 1))]
    }),
  )
}

t.test('metrics', async (t) => {
  const tokens = { API_TOKEN: 'of-the-api', ADMIN_TOKEN: 'of-the-operator' }
  const app = await served(t, v1Path(t))
  const scrape = async () => (await app.inject({ url: '/metrics' })).body

  t.test('are Prometheus text, for whoever asks', async (t) => {
    const locked = await served(t, v1Path(t), tokens)
    const { statusCode, headers } = await locked.inject({ url: '/metrics' })
    t.equal(statusCode, 200)
    t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
    t.equal((await locked.inject({ method: 'POST', url: '/metrics' })).statusCode, 405)
  })

  t.test('count requests by route, method and status, never by what was asked for', async (t) => {
    for (const id of ['one', 'two']) await app.inject({ url: `/v1/suppliers/${id}` })
    await app.inject({ url: '/v1/suppliers' })
    for (const path of ['/nowhere', '/else']) await app.inject({ url: path })
    t.match(samples(await scrape(), 'http_request_duration_seconds_count'), {
      '{method="GET",route="/v1/suppliers/:id",status_code="404"}': 2,
      '{method="GET",route="/v1/suppliers",status_code="200"}': 1,
      '{method="GET",route="none",status_code="404"}': 2,
    })
  })

  t.test('tell of the process', async (t) => {
    const text = await scrape()
    t.ok((samples(text, 'process_resident_memory_bytes')[''] ?? 0) > 1_000_000)
    t.ok(Object.keys(samples(text, 'nodejs_eventloop_lag_p99_seconds')).length === 1)
  })

  t.test('tell how far the migration is', async (t) => {
    const before = await scrape()
    t.same(samples(before, 'migration_stage'), { '{stage="v1"}': 1 })
    t.same(samples(before, 'migration_sync_in_step'), {}, 'never checked')
    await post(app, 'migrate')
    const groups = { dashboard: 'v2' }
    await post(app, 'cutover', { groups })
    const after = await scrape()
    t.same(samples(after, 'migration_stage'), { '{stage="migrated"}': 1 })
    t.same(samples(after, 'migration_sync_in_step'), { '': 1 })
    t.same(samples(after, 'migration_sync_drift'), { '': 0 })
    t.same(samples(after, 'migration_rows_waiting'), {})
    t.match(samples(after, 'migration_group_on_v2'), {
      '{group="dashboard"}': 1,
      '{group="taskWrite"}': 0,
    })
    t.same(samples(after, 'migration_job_rows_total'), {}, 'no job is unfinished')
  })

  t.test('tell how far the unfinished job is', async (t) => {
    const busy = await served(t, v1Path(t, 5_000))
    const { status } = await post(busy, 'migrate', { chunkMs: 1 }, 'respond-async')
    t.equal(status, 202)
    let seen: Record<string, number> = {}
    await until(async () => {
      seen = samples((await busy.inject({ url: '/metrics' })).body, 'migration_job_rows_done')
      return Object.keys(seen).length > 0
    })
    t.match(Object.keys(seen)[0], /^\{job="migrate",state="(queued|running)"\}$/)
  })

  t.test('tell of rows that wait', async (t) => {
    const path = v1Path(t)
    const dirty = await served(t, path)
    await post(dirty, 'migrate')
    const { id } = (await dirty.inject({ url: '/v1/supplier-task-instances?limit=1' })).json<{
      items: { id: string }[]
    }>().items[0] as { id: string }
    const handle = new BetterSqlite3(path)
    handle.prepare(`UPDATE supplier_task_instances SET dueDate = 'soon' WHERE id = ?`).run(id)
    handle.exec('DROP TRIGGER up_supplier_task_instances_update')
    handle.close()
    const text = (await dirty.inject({ url: '/metrics' })).body
    t.same(samples(text, 'migration_rows_waiting'), {
      '{table="instances",reason="bad-date:dueDate"}': 1,
    })
    t.equal(samples(text, 'migration_sync_drift')[''], 1)
  })
})
