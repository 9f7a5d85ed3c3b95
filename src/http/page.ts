import type { FastifyReply, FastifyRequest } from 'fastify'
import { invalidInput } from '../kernel/problem.js'

/** What a list asks of its repository: at most `limit` rows after the row with the id `after`. */
export interface PageRequest {
  limit: number
  after: string | undefined
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** @throws Problem `invalid-input` for a cursor that this service did not make */
export function readPage(query: { limit: number; cursor?: string }): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: undefined }
  const after = Buffer.from(query.cursor, 'base64url').toString('utf8')
  if (after === '' || encodeCursor(after) !== query.cursor)
    throw invalidInput([{ path: '?cursor', message: 'must be the nextCursor of the page before' }])
  return { limit: query.limit, after }
}

const encodeCursor = (id: string) => Buffer.from(id, 'utf8').toString('base64url')

/**
 * The page, from `limit + 1` rows in the order of their keys: the one too many says that there is more.
 * Sets the Link header.
 */
export function answerPage<Item extends { id: string }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit }: PageRequest,
  rows: readonly Item[],
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  const nextCursor = encodeCursor(last.id)
  const next = new URL(request.url, 'http://relative')
  next.searchParams.set('cursor', nextCursor)
  const link = `<${next.pathname}${next.search}>; rel="next"`
  // Beside what is there: /v1 names its successor in the same header.
  void reply.header('link', [reply.getHeader('link') ?? [], link].flat().join(', '))
  return { items, nextCursor }
}
