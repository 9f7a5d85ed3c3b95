import t, { type Test } from 'tap'
import { startServer } from '../scripts/processes.js'
import { openStream, readStream, sentEvents } from './event-stream.js'
import { until, v1Path } from './served.js'

interface JobBody {
  id: string
  code?: string
  state: string
  requested: string | null
  progress: {
    rowsDone: number
    rowsTotal: number
    percent: number
    rowsPerSecond: number
    etaSeconds: number | null
  }
  links: { running?: string }
}

/** Two server processes on one v1 file. */
async function pair(t: Test, instances: number) {
  const path = v1Path(t, instances)
  const one = await startServer(t, { DATABASE_PATH: path })
  const two = await startServer(t, { DATABASE_PATH: path })
  return { path, one: one.address, two: two.address, endOne: one.end }
}

async function start(address: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${address}/admin/migrations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as JobBody }
}
const getJob = async (address: string, id: string) =>
  (await (await fetch(`${address}/admin/migrations/${id}`)).json()) as JobBody
const ask = async (address: string, id: string, action: string) => {
  const answer = await fetch(`${address}/admin/migrations/${id}/${action}`, { method: 'POST' })
  return { status: answer.status, body: (await answer.json()) as JobBody }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const inState = (address: string, id: string, state: string) =>
  until(async () => (await getJob(address, id)).state === state)

/** Slow enough to be met on its way. */
const slowly = { job: 'migrate', options: { backup: false, chunkMs: 1 } }

t.test('a job that another process runs', { timeout: 180_000 }, async (t) => {
  const { one, two } = await pair(t, 60_000)
  const { body: job } = await start(one, slowly)
  const streamed = readStream(two, job.id)
  await until(async () => (await getJob(two, job.id)).progress.rowsDone > 0)

  t.test('shows how far and how fast it goes', async (t) => {
    await until(async () => (await getJob(two, job.id)).progress.rowsPerSecond > 0)
    const before = (await getJob(two, job.id)).progress
    await until(async () => (await getJob(two, job.id)).progress.rowsDone > before.rowsDone)
    const { progress } = await getJob(two, job.id)
    t.ok(progress.rowsTotal >= 60_000 && progress.percent > 0)
    await until(async () => (await getJob(two, job.id)).progress.etaSeconds !== null)
  })
  t.test('refuses a second one here', async (t) => {
    const { status, body } = await start(two, { job: 'assess' })
    const running = `/admin/migrations/${job.id}`
    t.match({ status, body }, { status: 409, body: { code: 'migration-running', links: { running } } })
  })
  t.test('is paused from here, within a chunk, and stands still', async (t) => {
    t.match(await ask(two, job.id, 'pause'), { status: 200, body: { requested: 'pause' } })
    const took = await inState(two, job.id, 'paused')
    t.ok(took < 1_000, `${Math.round(took)} ms`)
    const { progress } = await getJob(two, job.id)
    await pause(400)
    t.match((await getJob(one, job.id)).progress, {
      rowsDone: progress.rowsDone,
      rowsPerSecond: 0,
      etaSeconds: null,
    })
  })
  t.test('is resumed from here', async (t) => {
    t.equal((await ask(two, job.id, 'resume')).status, 200)
    const took = await inState(two, job.id, 'running')
    t.ok(took < 1_000, `${Math.round(took)} ms`)
  })
  t.test('is cancelled from here, for good', async (t) => {
    t.match(await ask(two, job.id, 'cancel'), { status: 200, body: { requested: 'cancel' } })
    for (const [address, action] of [
      [one, 'resume'],
      [two, 'pause'],
    ] as const) {
      const { status, body } = await ask(address, job.id, action)
      t.equal(status, 409, action)
      t.match(body.code, /^job-(cancelling|ended)$/)
    }
    await inState(two, job.id, 'cancelled')
  })
  t.test('is streamed from here to its end, event by event as there', async (t) => {
    const states = (await streamed).filter(({ type }) => type === 'state').map(({ data }) => data.to)
    t.strictSame(states, ['running', 'paused', 'running', 'cancelled'])
    t.match((await streamed).at(-1), { type: 'end', data: { state: 'cancelled' } })
    t.strictSame(await readStream(one, job.id), await readStream(two, job.id))
  })
})

t.test('a stream that its server leaves', { timeout: 120_000 }, async (t) => {
  const { one, two, endOne } = await pair(t, 20_000)
  const { body: job } = await start(two, slowly)
  const seen: { id: number; type: string }[] = []
  for await (const event of sentEvents(await openStream(one, job.id))) {
    seen.push(event)
    if (event.type === 'phase') void endOne('SIGTERM')
  }
  t.notMatch(seen.at(-1), { type: 'end' })
  const rest = await readStream(two, job.id, { lastEventId: seen.at(-1)?.id ?? 0 })
  t.match(rest.at(-1), { type: 'end', data: { state: 'succeeded' } })
  const lasting = [...seen, ...rest].filter(({ type }) => type !== 'progress')
  const all = await readStream(two, job.id)
  t.strictSame(
    lasting,
    all.filter(({ type }) => type !== 'progress'),
    'nothing is missed, and nothing told twice',
  )
})

t.test('a flag that one process flips', async (t) => {
  const { one, two } = await pair(t, 200)
  await inState(one, (await start(one, { job: 'migrate' })).body.id, 'succeeded')
  for (const [from, other, version, status] of [
    [one, two, 'v2', 200],
    [two, one, 'v1', 409],
  ] as const)
    t.test(`to ${version} is what the other answers by, within a second`, async (t) => {
      const { body } = await start(from, { job: 'cutover', options: { groups: { dashboard: version } } })
      await inState(from, body.id, 'succeeded')
      const took = await until(async () => (await fetch(`${other}/v2/dashboard`)).status === status, 1_000)
      t.ok(took < 1_000, `${Math.round(took)} ms`)
      const shown = (await (await fetch(`${other}/admin/status`)).json()) as { groups: object }
      t.match(shown.groups, { dashboard: version })
    })
})

t.test('a hundred migrations at once', { timeout: 180_000 }, async (t) => {
  const { one, two } = await pair(t, 20_000)
  const jobs = async () => {
    const { items } = (await (await fetch(`${two}/admin/migrations`)).json()) as { items: JobBody[] }
    return items.length
  }
  const stop = async (id: string) => {
    await ask(two, id, 'cancel')
    await inState(two, id, 'cancelled')
  }
  const hundred = (servers: readonly string[], headers: Record<string, string> = {}) =>
    Promise.all(
      Array.from({ length: 100 }, (_, n) => start(servers[n % servers.length] ?? '', slowly, headers)),
    )

  for (const [where, servers] of [
    ['of one process', [one]],
    ['of two processes', [one, two]],
  ] as const) {
    t.test(`${where} are one job, and 99 refusals`, async (t) => {
      const before = await jobs()
      const answers = await hundred(servers)
      const accepted = answers.filter(({ status }) => status === 202)
      t.equal(accepted.length, 1)
      const id = accepted[0]?.body.id ?? ''
      const refused = answers.filter(({ status }) => status === 409)
      t.equal(refused.length, 99)
      for (const { body } of refused)
        t.match(body, { code: 'migration-running', links: { running: `/admin/migrations/${id}` } })
      await stop(id)
      t.equal((await jobs()) - before, 1)
    })

    t.test(`${where} with one Idempotency-Key are one job, and a hundred answers with it`, async (t) => {
      const before = await jobs()
      const answers = await hundred(servers, { 'idempotency-key': where })
      const id = answers[0]?.body.id ?? ''
      t.strictSame([...new Set(answers.map(({ status, body }) => `${status} ${body.id}`))], [`202 ${id}`])
      const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')
      t.equal(replayed.length, 99)
      await stop(id)
      t.equal((await jobs()) - before, 1)
    })
  }
})
