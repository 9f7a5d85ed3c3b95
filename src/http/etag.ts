import { createHash } from 'node:crypto'
import { staleEtag } from '../kernel/problem.js'

/** What changes as time goes by: no reason to refuse a change. */
const ofTheClock: readonly string[] = ['isOverdue', 'asOf']

/** A strong validator over the item as it is served: whoever wrote the row, it changes with it. */
export function etagOf(item: object): string {
  const stored = Object.entries(item).filter(([name]) => !ofTheClock.includes(name))
  return `"${createHash('sha1').update(JSON.stringify(stored)).digest('base64url')}"`
}

/**
 * Call inside the transaction that changes the item, with the item as that transaction sees it.
 *
 * @throws Problem `stale-etag` when If-Match names other versions only
 */
export function requireMatch(ifMatch: string | undefined, item: object, what: string): void {
  if (ifMatch !== undefined && !namesTag(ifMatch, etagOf(item))) throw staleEtag(what)
}

/** The same for If-None-Match: the comparison is a weak one (RFC 9110, 13.1.2). */
export const namesTagWeakly = (list: string, tag: string): boolean =>
  namesTag(list.replaceAll('W/"', '"'), tag)

/** Whether a list of tags, as in If-Match, names this one. */
export const namesTag = (list: string, tag: string): boolean =>
  list.trim() === '*' || list.split(',').some((one) => one.trim() === tag)
