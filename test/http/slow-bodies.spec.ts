import Fastify from 'fastify'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { limitSlowBodies } from '../../src/http/slow-bodies.js'

const LIMIT_MS = 200

async function serve(t: Test) {
  const app = Fastify()
  limitSlowBodies(app, LIMIT_MS)
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const answer = async ({ body }: { body: unknown }) => `${String(body).length} bytes`
  app.post('/json', answer)
  app.post('/file', { config: { takesFiles: true } }, answer)
  app.get('/wait', async () => new Promise((resolve) => setTimeout(() => resolve('waited'), 3 * LIMIT_MS)))
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const ended = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
  return { socket, ended }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Four bytes, one every `ms`. */
async function drip(socket: Socket, path: string, ms: number) {
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: a/b\r\ncontent-length: 4\r\n\r\n`,
  )
  for (let n = 0; n < 4; n++) {
    await pause(ms)
    socket.write('x')
  }
}

t.test('a body that comes slowly', async (t) => {
  t.test('is cut off', async (t) => {
    const { socket, ended } = await serve(t)
    void drip(socket, '/json', LIMIT_MS / 2)
    t.notMatch(await ended, /200 OK/)
  })
  t.test('is taken in time', async (t) => {
    const { socket, ended } = await serve(t)
    void drip(socket, '/json', 1)
    t.match(await ended, /4 bytes/)
  })
  t.test('is taken where files are, as long as it comes', async (t) => {
    const { socket, ended } = await serve(t)
    void drip(socket, '/file', LIMIT_MS / 2)
    t.match(await ended, /4 bytes/)
  })
  t.test('is cut off where files are, once it stops', async (t) => {
    const { socket, ended } = await serve(t)
    void drip(socket, '/file', 20 * LIMIT_MS)
    t.notMatch(await ended, /200 OK/)
  })
})

t.test('an answer may take its time', async (t) => {
  const { socket, ended } = await serve(t)
  socket.write('GET /wait HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  t.match(await ended, /waited/)
})
