import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createServer } from '../../src/http/server.js'
import { silent } from '../helper.js'

async function listening(t: Test) {
  const app = createServer(silent)
  app.get('/slow', async () => sleep(300, { done: true }))
  app.post('/given', async ({ body }) => ({ body }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as { port: number }
  return { app, port }
}

/** Sends bytes, and gives all that comes back. */
async function sent(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

const long = 'a'.repeat(20_000)

t.test('what is no request that can be read', async (t) => {
  const { port } = await listening(t)
  for (const [what, bytes, status, code] of [
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'not-http'],
    ['has no method that there is', 'FOO / HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'not-http'],
    [
      'has two lengths',
      'POST /given HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
      'not-http',
    ],
    ['has an address without end', `GET /${long} HTTP/1.1\r\nhost: x\r\n\r\n`, 431, 'headers-too-large'],
    [
      'has headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx-y: ${long}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ] as const)
    t.test(`and ${what} gets a problem document, with an id`, async (t) => {
      const [head = '', body = ''] = (await sent(port, bytes)).split('\r\n\r\n')
      t.match(head, new RegExp(`^HTTP/1.1 ${status} `))
      t.match(head, /content-type: application\/problem\+json/)
      const { instance } = JSON.parse(body) as { instance: string }
      t.match(JSON.parse(body), { status, code })
      t.match(head, new RegExp(`x-request-id: ${instance}`))
    })
})

t.test('an expectation that nobody knows is ignored', async (t) => {
  const { port } = await listening(t)
  const head =
    'POST /given HTTP/1.1\r\nhost: x\r\nexpect: much\r\nconnection: close\r\ncontent-type: application/json'
  const answer = await sent(port, `${head}\r\ncontent-length: 2\r\n\r\n{}`)
  t.match(answer, /^HTTP\/1.1 200 OK\r\nx-request-id: /)
})

t.test('a request on a connection that is open while the server closes is answered', async (t) => {
  const { app, port } = await listening(t)
  const socket = connect(port, '127.0.0.1')
  const request = 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n'
  socket.write(request)
  await once(app.server, 'request')
  const closed = app.close()
  socket.write(request)
  const answers = (await text(socket)).split('HTTP/1.1 ').slice(1)
  t.equal(answers.length, 2)
  for (const answer of answers) t.match(answer, /^200 OK\r\n(.+\r\n)*x-request-id: /)
  await closed
})
