import { createHash, timingSafeEqual } from 'node:crypto'
import { Problem } from '../kernel/problem.js'
import type { App } from './type-provider.js'

const digest = (text: string) => createHash('sha256').update(text).digest()

const unauthorized = () =>
  new Problem(
    401,
    'unauthorized',
    'Unauthorized',
    'This needs the header "Authorization: Bearer <token>" with the right token.',
    {},
    { 'www-authenticate': 'Bearer' },
  )

/** Every route of the scope needs this bearer token; without a token the scope is open. */
export function requireToken(scope: App, token: string | undefined): void {
  if (token === undefined) return
  const expected = digest(token)
  scope.addHook('onRequest', async ({ headers }) => {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    // Digests have one length, so that the comparison tells nothing by its time.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) throw unauthorized()
  })
}
