import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import { activeFile } from './active-file.js'
import { temporaryFolder } from '../helper.js'
import { startServer } from '../scripts/processes.js'
import { effort } from './effort.js'

/** The server kills itself after ten; the rest is for a busy machine. */
const LIMIT_MS = 15_000

const reads = [
  '/v1/supplier-task-instances?limit=500&overdue=true',
  '/v1/supplier-task-instances?search=report',
  '/v1/dashboard',
  '/v1/suppliers',
]

/** Clients that read and write as fast as they can, and a job, until the server is gone. */
function load(address: string) {
  let goesOn = true
  const headers = { 'content-type': 'application/json', prefer: 'respond-async' }
  const send = async (path: string, body?: object) => {
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(address + path, init).catch(() => undefined)
    await answer?.text().catch(() => undefined)
  }
  const client = async (n: number) => {
    for (let round = 0; goesOn; round++) await send(reads[(n + round) % reads.length] ?? '/')
  }
  const clerk = async () => {
    for (let round = 0; goesOn; round++) await send('/v1/suppliers', { name: `s ${round}`, contactInfo: '' })
  }
  const all = [0, 1, 2, 3, 4, 5].map(client).concat(clerk())
  void send('/admin/migrations', { job: 'migrate', options: {} })
  return async () => {
    goesOn = false
    await Promise.all(all)
  }
}

/** How the process ended, and in how many milliseconds. */
async function timed<Ended>(ended: Promise<Ended>) {
  const startedAt = performance.now()
  const how = await Promise.race([ended, sleep(LIMIT_MS, undefined)])
  return { how, ms: Math.round(performance.now() - startedAt) }
}

t.test('a server under load that is told to stop, at any moment', { timeout: effort.limitMs }, async (t) => {
  const original = join(temporaryFolder(t), 'v1.db')
  activeFile({ path: original, instances: 3_000, seed: 9 })
  for (let round = 0; round < effort.closings; round++) {
    const path = join(temporaryFolder(t), 'v1.db')
    copyFileSync(original, path)
    const server = await startServer(t, { DATABASE_PATH: path })
    const stop = load(server.address)
    // The first moments, in which threads start, more often than the others.
    await sleep(Math.random() ** 2 * 2_000)
    const { how, ms } = await timed(server.end('SIGTERM'))
    t.match(how, { code: 0, stderr: '' }, `${ms} ms`)
    await stop()
  }
})

t.test('a process whose thread is in a query that has no end', { timeout: 120_000 }, async (t) => {
  const start = async (t: Test, ms: number, signal: NodeJS.Signals = 'SIGTERM') => {
    const path = join(temporaryFolder(t), 'some.db')
    new BetterSqlite3(path).exec('vacuum').close()
    const program = fileURLToPath(new URL('./closing-with-a-long-query.js', import.meta.url))
    const child = spawn(process.execPath, [program, path, String(ms)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    await sleep(100)
    child.kill(signal)
    return { child, ended }
  }

  t.test('is killed once its time is over', async (t) => {
    const { ended } = await start(t, 1_000)
    const { how, ms } = await timed(ended)
    t.strictSame(how, [null, 'SIGKILL'])
    t.ok(ms > 900, `${ms} ms`)
  })

  t.test('ends with a fault at once: nothing of it can close any more', async (t) => {
    const { ended } = await start(t, 60_000, 'SIGSEGV')
    t.strictSame((await timed(ended)).how, [null, 'SIGSEGV'])
  })

  t.test('is killed before that when it is told again', async (t) => {
    const { child, ended } = await start(t, 60_000)
    // Two signals that are not told of yet are one.
    const again = setInterval(() => child.kill('SIGTERM'), 300)
    const { how } = await timed(ended)
    clearInterval(again)
    t.strictSame(how, [null, 'SIGKILL'])
  })
})
