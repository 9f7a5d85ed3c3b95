import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import diagnosticsChannel from 'node:diagnostics_channel'
import type { OutgoingHttpHeaders } from 'node:http'
import t from 'tap'
import { isDocumented } from './documents.js'
import { violationsOf } from './violations.js'

let checked = 0

/** How many answers of this process were checked. */
export const countChecked = () => checked

/**
 * Checks every answer of every server that this process makes from now on, whoever makes it, against the
 * committed documents. Fastify tells of a new server before it has any route, so that the hook is inherited by
 * all. Paths that are in no document are left alone.
 */
diagnosticsChannel.subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onSend', async (request, reply, payload) => check(request, reply, payload))
})

function check(request: FastifyRequest, reply: FastifyReply, body: unknown): void {
  // Of an unknown path there is none, whatever the types say.
  const url = (request.routeOptions as { url?: string } | undefined)?.url
  if (url === undefined || !isDocumented(url)) return
  checked++
  const { method } = request
  const headers = reply.getHeaders() as OutgoingHttpHeaders
  const violations = violationsOf({ method, url, status: reply.statusCode, headers, body })
  if (violations.length === 0) return
  const message = `${method} ${request.url} answers ${reply.statusCode}: ${violations.join('; ')}`
  // The process fails, whatever the test makes of the 500 that its request is answered now.
  t.fail(message)
  throw new Error(message)
}
