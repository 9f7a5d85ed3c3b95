import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Problem } from '../kernel/problem.js'
import { namesTagWeakly } from './etag.js'
import type { App } from './type-provider.js'

const PROBLEM = 'application/problem+json'

/** What a client says of the answer that it would like: `Accept`, `If-None-Match` and `Prefer: return`. */
export function negotiate(app: App): void {
  // After all that refuses a request for who sent it, and before its body is read.
  app.addHook('preParsing', async (request) => requireAcceptable(request))
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    if (isUnchanged(request, reply)) return leaveOut(reply, 304, request.method === 'HEAD' ? payload : null)
    if (!isBodyUnwanted(request, reply)) return payload
    void reply.header('preference-applied', 'return=minimal')
    return leaveOut(reply, reply.statusCode === 200 ? 204 : reply.statusCode, null)
  })
}

/** What answers a HEAD has no body anyhow: Fastify measures it, and leaves it out itself. */
function leaveOut<Payload>(reply: FastifyReply, status: number, payload: Payload): Payload {
  void reply.code(status).removeHeader('content-type').removeHeader('content-length')
  return payload
}

/** @throws Problem `not-acceptable` */
function requireAcceptable(request: FastifyRequest): void {
  const types = typesOf(request.routeOptions.schema?.response)
  if (request.headers.accept === undefined || types.length === 0) return
  if (new Negotiator(request).mediaTypes([...types, PROBLEM]).length > 0) return
  throw new Problem('not-acceptable', `Accept names none of what there is here: ${types.join(', ')}.`)
}

/** The media types of a route's answers; none where it does not say, as that may be anything. */
function typesOf(response: unknown): string[] {
  const answers = Object.entries((response ?? {}) as Record<string, Answer>)
  const types = answers
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content, type }]) =>
      content !== undefined ? Object.keys(content) : type === 'null' ? [] : ['application/json'],
    )
  // Whatever was uploaded is given back under its own type.
  return types.includes('application/octet-stream') ? [] : [...new Set(types)]
}

interface Answer {
  type?: string
  content?: Record<string, unknown>
}

/** Whether the route's answers are items with an ETag. */
const hasEtag = ({ routeOptions: { schema } }: FastifyRequest) => schema?.['x-etag'] === true

/** The client has the item as it is. */
function isUnchanged(request: FastifyRequest, reply: FastifyReply): boolean {
  const { method, headers } = request
  const asked = headers['if-none-match']
  if (!hasEtag(request) || asked === undefined || reply.statusCode !== 200) return false
  return ['GET', 'HEAD'].includes(method) && namesTagWeakly(asked, String(reply.getHeader('etag')))
}

/** RFC 7240, 4.2: whoever changed an item by a whole body may not need to see it again. */
function isBodyUnwanted(request: FastifyRequest, reply: FastifyReply): boolean {
  const { method, headers } = request
  const isMinimal = /(^|[\s,;])return=minimal($|[\s,;])/.test(String(headers.prefer ?? ''))
  const isChange = ['POST', 'PATCH', 'PUT'].includes(method) && [200, 201].includes(reply.statusCode)
  return hasEtag(request) && isChange && isMinimal
}

declare module 'fastify' {
  interface FastifySchema {
    'x-etag'?: boolean
  }
}
