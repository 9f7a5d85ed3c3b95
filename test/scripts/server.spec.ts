import { join } from 'node:path'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { emptyV1File, temporaryFolder } from '../helper.js'
import { run, start, startServer } from './processes.js'

const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json()

t.test('the server process', async (t) => {
  t.test('says its address in the first line of its log, and closes cleanly on SIGTERM', async (t) => {
    const path = emptyV1File(t)
    const server = await startServer(t, { DATABASE_PATH: path })
    t.match(JSON.parse(server.firstLine), { msg: `listening at ${server.address}` })
    t.match(await getJson(`${server.address}/health/ready`), { status: 'ready' })
    const { code, stderr } = await server.end('SIGTERM')
    t.same([code, stderr], [0, ''])
    t.same(readdirSync(join(path, '..')), ['v1.db'], 'with everything in the one file')
  })

  t.test('adopts a v1 file, and finds it again after a restart', async (t) => {
    const path = emptyV1File(t)
    for (const time of ['first', 'second']) {
      const server = await startServer(t, { DATABASE_PATH: path })
      t.match(await getJson(`${server.address}/admin/status`), { stage: 'v1' }, time)
      t.same(await getJson(`${server.address}/v1/suppliers`), { items: [], nextCursor: null }, time)
      t.equal((await server.end('SIGTERM')).code, 0, time)
    }
  })

  t.test('makes a database that is v2 from birth where there is none', async (t) => {
    const path = join(temporaryFolder(t), 'deep', 'new.db')
    const { address } = await startServer(t, { DATABASE_PATH: path })
    t.match(await getJson(`${address}/admin/status`), { stage: 'contracted', groups: { taskCreate: 'v2' } })
    t.equal((await fetch(`${address}/v2/suppliers`)).status, 200)
    const gone = await fetch(`${address}/v1/suppliers`)
    t.equal(gone.status, 410)
    t.match(gone.headers.get('content-type'), /^application\/problem\+json/)
    t.match(await gone.json(), { code: 'v1-gone' })
  })

  t.test('wants the tokens that are set', async (t) => {
    const tokens = { ADMIN_TOKEN: 'for-operators', API_TOKEN: 'for-clients' }
    const database = join(temporaryFolder(t), 'new.db')
    const { address } = await startServer(t, { ...tokens, DATABASE_PATH: database })
    const status = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return (await fetch(address + path, { headers })).status
    }
    t.equal(await status('/admin/status'), 401)
    t.equal(await status('/admin/status', tokens.API_TOKEN), 401)
    t.equal(await status('/admin/status', tokens.ADMIN_TOKEN), 200)
    t.equal(await status('/v2/suppliers'), 401)
    t.equal(await status('/v2/suppliers', tokens.ADMIN_TOKEN), 401)
    t.equal(await status('/v2/suppliers', tokens.API_TOKEN), 200)
    t.equal(await status('/health/live'), 200)
  })

  t.test('refuses to start, in one line, without making a file', async (t) => {
    const folder = temporaryFolder(t)
    const cases: [Record<string, string>, RegExp][] = [
      [{ HOST: '0.0.0.0' }, /HOST=0\.0\.0\.0 .* set ADMIN_TOKEN and API_TOKEN/],
      [{ HOST: '0.0.0.0', API_TOKEN: 'x' }, /set ADMIN_TOKEN,/],
      [{ PORT: 'http' }, /PORT/],
      [{ USE_V2_API: 'taskRead' }, /USE_V2_API/],
    ]
    for (const [env, message] of cases) {
      const { code, stdout, stderr } = await run(t, 'src/server.js', {
        env: { PORT: '0', DATABASE_PATH: join(folder, 'new.db'), ...env },
      })
      t.same([code, stdout], [1, ''])
      t.match(stderr, /^The server cannot start: [^\n]+\n$/)
      t.match(stderr, message)
    }
    t.same(readdirSync(folder), [])
  })

  t.test('says that its port is taken', async (t) => {
    const other = createServer().listen(0, '127.0.0.1')
    t.teardown(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const server = start(t, 'src/server.js', {
      env: { DATABASE_PATH: emptyV1File(t), PORT: String(port) },
    })
    const { code, stderr } = await server.ended
    t.equal(code, 1)
    t.match(stderr, new RegExp(`^The server cannot start: .*EADDRINUSE.*:${port}\\n$`))
  })
})
