import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDeepStrictEqual } from 'node:util'
import { invalidRequest, type Problem } from '../kernel/problem.js'

/** By what a list is ordered, where it is not by id; rows with equal keys are ordered by id. */
export interface Sort {
  by: string
  order: 'asc' | 'desc'
}

type Key = string | number

/** What a list asks of its repository: at most `limit` rows after the row with the id `after`. */
export interface PageRequest {
  limit: number
  after: string | undefined
  /** `afterKey` is the `sortKey` of the row with the id `after`: it may be gone, or elsewhere by now. */
  sort?: Sort & { afterKey: Key | undefined }
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

export const invalidCursor = (): Problem =>
  invalidRequest([
    { path: '?cursor', message: 'must be the nextCursor of the page before, in the same order' },
  ])

/** @throws Problem `invalid-input` for a cursor that this service did not make, or made for another order */
export function readPage(query: {
  limit: number
  cursor?: string
  sort?: string
  order?: Sort['order']
}): PageRequest {
  const { limit, cursor, sort: by, order } = query
  if (by === undefined) {
    if (order !== undefined) throw invalidRequest([{ path: '?order', message: 'is only for a sort' }])
    return { limit, after: readCursor(cursor, []).id }
  }
  const sort: Sort = { by, order: order ?? 'asc' }
  const { id, key } = readCursor(cursor, [sort.by, sort.order])
  return { limit, after: id, sort: { ...sort, afterKey: key } }
}

/** `[id]` in the order of the ids; else the order comes first, and the key: `[by, order, key, id]`. */
const encodeCursor = (parts: readonly unknown[]) =>
  Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url')

function readCursor(cursor: string | undefined, order: readonly string[]): { id?: string; key?: Key } {
  if (cursor === undefined) return {}
  const [id, key, ...rest] = decoded(cursor).toReversed()
  const isKeyed = typeof key === 'string' || typeof key === 'number'
  const isInOrder = order.length === 0 ? key === undefined : isKeyed
  if (typeof id !== 'string' || !isInOrder || !isDeepStrictEqual(rest.toReversed(), order))
    throw invalidCursor()
  return isKeyed ? { id, key } : { id }
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && encodeCursor(parts) === cursor) return parts
  } catch {
    // Not JSON, so not ours.
  }
  throw invalidCursor()
}

/**
 * The page, from `limit + 1` rows in their order: the one too many says that there is more. Rows of a
 * sorted list have their key as `sortKey`. Sets the Link header.
 */
export function answerPage<Item extends { id: string; sortKey?: Key }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, sort }: PageRequest,
  rows: readonly Item[],
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  const position = sort === undefined ? [last.id] : [sort.by, sort.order, last.sortKey ?? '', last.id]
  const nextCursor = encodeCursor(position)
  const next = new URL(request.url, 'http://relative')
  next.searchParams.set('cursor', nextCursor)
  const link = `<${next.pathname}${next.search}>; rel="next"`
  // Beside what is there: /v1 names its successor in the same header.
  void reply.header('link', [reply.getHeader('link') ?? [], link].flat().join(', '))
  return { items, nextCursor }
}
