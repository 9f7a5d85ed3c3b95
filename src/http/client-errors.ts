import type { ConnectionError } from 'fastify'
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '../kernel/problem.js'
import { documentOf } from './problem-handler.js'

const refusals: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(
    'headers-too-large',
    'The address and the headers may have 16 KiB in all.',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request-timeout', 'The request did not arrive in time.'),
}

const notHttp = new Problem('not-http', 'What was sent is no HTTP request that this server can read.')

/** What cannot be read as a request is answered like any other refusal, and its connection ends. */
export function answerClientError({ code }: ConnectionError, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = refusals[code] ?? notHttp
  const requestId = randomUUID()
  const body = JSON.stringify(documentOf(problem, requestId))
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
