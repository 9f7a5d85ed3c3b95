import { createHash } from 'node:crypto'
import { staleEtag } from '../kernel/problem.js'

/** A strong validator over the item as it is served: whoever wrote the row, it changes with it. */
export const etagOf = (item: object): string =>
  `"${createHash('sha1').update(JSON.stringify(item)).digest('base64url')}"`

/**
 * Call inside the transaction that changes the item, with the item as that transaction sees it.
 *
 * @throws Problem `stale-etag` when If-Match names other versions only
 */
export function requireMatch(ifMatch: string | undefined, item: object, what: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const named = ifMatch.split(',').map((tag) => tag.trim())
  if (!named.includes(etagOf(item))) throw staleEtag(what)
}
