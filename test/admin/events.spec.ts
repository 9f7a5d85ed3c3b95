import { once } from 'node:events'
import { get } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { openDatabase, type Handle } from '../../src/db/database.js'
import { eventsRoute } from '../../src/admin/events.routes.js'
import type { App } from '../../src/http/type-provider.js'
import { createServer } from '../../src/http/server.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { silent } from '../helper.js'
import { engine, queued } from '../migration/engine.js'
import { openStream, readStream, sentEvents } from './event-stream.js'
import { ended, post, read, served, v1Path } from './served.js'

async function listening(app: App): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('the event stream of a job', async (t) => {
  const path = v1Path(t, 3_000)
  const app = await served(t, path)
  const address = await listening(app)
  const { body: job } = await post(app, 'migrate', { chunkMs: 1 }, 'respond-async')
  const early = readStream(address, job.id)
  await ended(app, job.id)
  const all = await readStream(address, job.id)

  t.test('is server-sent events, which nobody may keep', async (t) => {
    const { status, headers } = await openStream(address, job.id)
    t.equal(status, 200)
    t.match(headers.get('content-type'), /^text\/event-stream/)
    t.equal(headers.get('cache-control'), 'no-store')
  })
  t.test('is linked to by the job', async (t) => {
    const { body } = await read(app, `/admin/migrations/${job.id}`)
    t.match(body.links, { events: `/admin/migrations/${job.id}/events` })
  })
  t.test('tells all that becomes of it, and closes with its end', async (t) => {
    const seen = await early
    t.strictSame(
      seen.filter(({ type }) => type === 'phase').map(({ data }) => data.phase),
      ['assess', 'backup', 'expand', 'backfill', 'validate'],
    )
    t.match(seen[0], { type: 'state', data: { from: 'queued', to: 'running' } })
    t.match(seen.at(-1), { type: 'end', data: { state: 'succeeded', error: null } })
    const progress = seen.filter(({ type }) => type === 'progress')
    t.ok(progress.length > 0)
    t.match(progress.at(-1)?.data, { percent: 100, throttle: null })
    // On a slow machine it has run long enough for an estimate.
    t.ok([null, 0].includes(progress.at(-1)?.data.etaSeconds as null | 0))
    for (const { data } of seen) t.match(data.at, /^\d{4}-\d\d-\d\dT.*Z$/)
  })
  t.test('tells the same to those who come late, but for some progress', async (t) => {
    const lasting = ({ type }: { type: string }) => type !== 'progress'
    t.strictSame(all.filter(lasting), (await early).filter(lasting))
    t.ok(all.some(({ type }) => type === 'progress'))
  })
  t.test('goes on after Last-Event-ID, from every place', async (t) => {
    for (const [index, { id }] of all.slice(0, -1).entries())
      t.strictSame(await readStream(address, job.id, { lastEventId: id }), all.slice(index + 1))
  })
  t.test('is the same after a restart', async (t) => {
    const next = await served(t, path)
    const elsewhere = await listening(next)
    t.strictSame(await readStream(elsewhere, job.id), all)
    const { id = 0 } = all[2] ?? {}
    t.strictSame(await readStream(elsewhere, job.id, { lastEventId: id }), all.slice(3))
  })
  t.test('has nothing more for who has read its end, and says so by 204', async (t) => {
    const answer = await openStream(address, job.id, { lastEventId: all.at(-1)?.id ?? 0 })
    t.strictSame([answer.status, await answer.text()], [204, ''])
  })
  t.test('begins anew after an id that is ahead of the journal, and without one', async (t) => {
    for (const lastEventId of ['999999999999999', '0', ''])
      t.strictSame(await readStream(address, job.id, { lastEventId }), all)
  })
  for (const lastEventId of ['seven', '-1', '1.5', '1e3', '1,2', '9999999999999999', 'x'.repeat(1_000)])
    t.test(`refuses the Last-Event-ID ${lastEventId.slice(0, 20)}`, async (t) => {
      const answer = await openStream(address, job.id, { lastEventId })
      t.match(
        { status: answer.status, body: await answer.json() },
        { status: 400, body: { code: 'invalid-input', errors: [{ path: '/last-event-id' }] } },
      )
    })
  t.test('is not there for a job that never was', async (t) => {
    const answer = await openStream(address, 'nobody')
    t.match(
      { status: answer.status, body: await answer.json() },
      { status: 404, body: { code: 'not-found' } },
    )
  })
  t.test('answers HEAD and hangs nobody up', async (t) => {
    const answer = await fetch(`${address}/admin/migrations/${job.id}/events`, { method: 'HEAD' })
    t.equal(answer.status, 200)
  })
})

/** The route over a job that stands still, which the console can move. */
async function still(t: Test, heartbeatMs: number, stalledMs = 60_000) {
  const { path, handle } = await engine(t)
  const db = openDatabase<JournalTables>(path)
  const id = await queued(db)
  const app = createServer(silent)
  await app.register(async (scope: App) => eventsRoute(scope, db, { heartbeatMs, stalledMs }), {
    prefix: '/admin',
  })
  app.addHook('onClose', () => db.close())
  t.teardown(() => app.close())
  return { handle, id, app, address: await listening(app) }
}

/** 150 MB of them. */
function manyEvents(handle: Handle, jobId: string): void {
  const insert = handle.prepare(
    `INSERT INTO migration_events (jobId, at, type, data) VALUES (?, 0, 'phase', ?)`,
  )
  const data = JSON.stringify({ phase: 'x'.repeat(100_000) })
  handle.transaction(() => {
    for (let n = 0; n < 1_500; n++) insert.run(jobId, data)
  })()
}

/** Asks for the stream and reads nothing of it. */
async function deafClient(t: Test, address: string, jobId: string): Promise<Socket> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.pause()
  await once(socket, 'connect')
  socket.write(`GET /admin/migrations/${jobId}/events HTTP/1.1\r\nHost: x\r\n\r\n`)
  return socket
}

t.test('an open stream', async (t) => {
  t.test('is heard at once, and by a comment while nothing happens', async (t) => {
    const { id, address } = await still(t, 100)
    const { body } = await openStream(address, id)
    let text = ''
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString()
      if ((text.match(/^: /gm)?.length ?? 0) >= 3) break
    }
    t.match(text, /^retry: 1000\n\n(: \w+\n\n){3}/)
  })

  t.test('does not hold up the end of the server', async (t) => {
    const { id, app, address } = await still(t, 60_000)
    const streams = await Promise.all([1, 2, 3].map(() => openStream(address, id)))
    const before = performance.now()
    const texts = Promise.all(streams.map((stream) => stream.text()))
    await app.close()
    t.ok(performance.now() - before < 1_000)
    t.strictSame(await texts, Array<string>(3).fill('retry: 1000\n\n'), 'they end, and without an end event')
  })

  t.test('that nobody reads holds up neither the memory nor the end of the server', async (t) => {
    const { handle, id, app, address } = await still(t, 60_000)
    manyEvents(handle, id)
    const empty = process.memoryUsage().rss
    await deafClient(t, address, id)
    await pause(1_500)
    const grown = Math.round((process.memoryUsage().rss - empty) / 1e6)
    t.ok(grown < 75, `${grown} MB for the 150 that there are to send`)
    const before = performance.now()
    await app.close()
    t.ok(performance.now() - before < 4_000)
  })

  t.test('that nobody reads is cut off, and one that is only silent is not', async (t) => {
    const { handle, id, app, address } = await still(t, 100, 500)
    const { body } = await openStream(address, id, { lastEventId: '' })
    const reader = body?.getReader()
    await pause(1_500)
    t.equal(await connections(app), 1, 'silence')
    await reader?.cancel()
    manyEvents(handle, id)
    const deaf = await deafClient(t, address, id)
    const cutOff = once(deaf, 'close')
    await pause(2_000)
    deaf.resume()
    await cutOff
    t.ok(deaf.bytesRead < 150_000_000, `after ${deaf.bytesRead} bytes`)
  })

  t.test('is let go when its client leaves', async (t) => {
    const { id, app, address } = await still(t, 60_000)
    // Not fetch, which opens another connection for the one that it gave up.
    const asked = get(`${address}/admin/migrations/${id}/events`)
    asked.on('error', () => undefined)
    await once(asked, 'response')
    t.equal(await connections(app), 1)
    asked.destroy()
    for (let tries = 0; tries < 100 && (await connections(app)) > 0; tries++) await pause(20)
    t.equal(await connections(app), 0)
  })
})

const connections = (app: App) =>
  new Promise<number>((resolve, reject) =>
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  )

t.test('a pause shows in the stream of who looks on', async (t) => {
  const app = await served(t, v1Path(t, 3_000))
  const address = await listening(app)
  const { body: job } = await post(app, 'migrate', { backup: false, chunkMs: 1 }, 'respond-async')
  const states: unknown[] = []
  for await (const { type, data } of sentEvents(await openStream(address, job.id))) {
    if (type === 'phase' && data.phase === 'backfill')
      await app.inject({ method: 'POST', url: `/admin/migrations/${job.id}/pause` })
    if (type !== 'state') continue
    states.push(data.to)
    if (data.to !== 'paused') continue
    const { body } = await read(app, `/admin/migrations/${job.id}`)
    t.match(body, { requested: 'pause', progress: { rowsPerSecond: 0, etaSeconds: null } })
    await app.inject({ method: 'POST', url: `/admin/migrations/${job.id}/resume` })
  }
  t.strictSame(states, ['running', 'paused', 'running', 'succeeded'])
})
