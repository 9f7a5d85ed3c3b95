import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../db/database.js'
import { Problem } from '../kernel/problem.js'
import type { App } from './type-provider.js'

const digest = (text: string) => createHash('sha256').update(text).digest()

const unauthorized = () =>
  new Problem(
    'unauthorized',
    'This needs the header "Authorization: Bearer <token>" with the right token.',
    {},
    { 'www-authenticate': 'Bearer' },
  )

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it came with; `anonymous` where none is needed. */
    caller: string
  }
}

/** Every route of the scope needs this bearer token, which is `caller`'s; without a token the scope is open. */
export function requireToken(scope: App, token: string | undefined, caller: string): void {
  if (token === undefined) return
  const expected = digest(token)
  scope.addHook('onRequest', async (request) => {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    // Digests have one length, so that the comparison tells nothing by its time.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) throw unauthorized()
    request.caller = caller
  })
}

/**
 * The database as the request writes to it: the history names who asked. The version whose route was called
 * is where the change comes from.
 */
export const signed = <Schema>(
  db: Database<Schema>,
  { caller, id, server }: FastifyRequest,
): Database<Schema> => ({
  ...db,
  signature: {
    actor: caller === 'anonymous' ? null : caller,
    requestId: id,
    origin: server.prefix.startsWith('/v1') ? 'v1' : 'v2',
  },
})
