import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeAdmitted, type Effect } from '../db/admitted-write.js'
import { readSnapshot, underSchema, write, type Database } from '../db/database.js'
import { conflict } from '../kernel/problem.js'
import { findKept, keep, type KeyTables, type Outcome, type Wish } from './idempotency-keys.repository.js'

/** How long a request waits for another one with the same key. */
const IN_FLIGHT_MS = 3_000

/** The request headers of a route that calls `writeOnce`. */
export const OnceHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x20-\\x7e]+$',
      description:
        'Makes the request safe to repeat for 24 hours: the same key with the same body gets the same answer, with ' +
        '`Idempotency-Replayed: true`; with another body 422 `idempotency-key-reused`; while the first one is ' +
        'still at work 409 `idempotency-key-in-flight`. A request that was refused leaves its key free.',
    }),
  ),
})

const inFlight = () => {
  const detail = 'A request with this Idempotency-Key is being worked on. Send it again to get its answer.'
  return conflict('idempotency-key-in-flight', detail, {}, { 'retry-after': '1' })
}

/**
 * A write, but once for each Idempotency-Key: what `act` gives, which must be JSON, is kept for a day in the
 * transaction of its effect. Whoever asks again gets it, with the header `Idempotency-Replayed: true`, and
 * has no other effect.
 *
 * A key is used when its effect is committed, and not before: a refusal or a crash leaves it free.
 *
 * @throws Problem `idempotency-key-reused`, `idempotency-key-in-flight`
 */
export async function writeOnce<Schema, Kept>(
  db: Database<Schema>,
  reply: FastifyReply,
  effect: Effect<Schema, Kept>,
): Promise<Kept> {
  const wish = wishOf(reply.request)
  if (wish === undefined) return writeAdmitted(db, effect)
  const { kept, isReplay } = await inTurn(db, wish, asWished(db, wish, effect))
  if (isReplay) void reply.header('idempotency-replayed', 'true')
  return kept
}

/** An answer that is kept as a whole. */
export interface KeptAnswer<Body> {
  status: number
  headers?: Record<string, string>
  body: Body
}

/** `writeOnce` for an answer that stays what it was; gives its body. */
export async function answerOnce<Schema, Body>(
  db: Database<Schema>,
  reply: FastifyReply,
  act: (trx: Transaction<Schema>) => Promise<KeptAnswer<Body>>,
): Promise<Body> {
  const { status, headers = {}, body } = await writeOnce(db, reply, { act })
  void reply.code(status).headers(headers)
  return body
}

function wishOf(request: FastifyRequest): Wish | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  return {
    caller: request.caller,
    route: `${request.method} ${request.routeOptions.url}`,
    key: String(key),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([request.url, request.body], sortKeys))
      .digest('base64url'),
  }
}

/** The order of its fields is no part of what a body says. */
const sortKeys = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

interface Wished<Kept> {
  /** What the key has led to, if anything, without waiting for the lock. */
  look: () => Promise<Outcome<Kept> | undefined>
  work: () => Promise<Outcome<Kept>>
}

function asWished<Schema, Kept>(
  db: Database<Schema>,
  wish: Wish,
  { admit, act }: Effect<Schema, Kept>,
): Wished<Kept> {
  const look = async (trx: Transaction<Schema>) => {
    const found = await findKept<Kept>(underSchema<KeyTables, Schema>(trx), wish)
    if (found === undefined) await admit?.(trx)
    return found
  }
  const work = async (trx: Transaction<Schema>) => {
    // Another process may have been quicker.
    const found = await look(trx)
    if (found !== undefined) return found
    const kept = await act(trx)
    await keep(underSchema<KeyTables, Schema>(trx), wish, kept)
    return { kept, isReplay: false }
  }
  return {
    async look() {
      const found = await readSnapshot(db, look)
      // It is committed, but may not be on the disk: an answer acknowledges it, as the first one does.
      if (found !== undefined) await db.walSync.reach()
      return found
    },
    work: () => write(db, work),
  }
}

const atWork = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * Waits while this process works on the same key, and then looks again. Between processes the database's
 * lock does the same; both only spare vain work, and it is the stored key that decides.
 */
async function inTurn<Kept>(
  db: { writer: object },
  wish: Wish,
  { look, work }: Wished<Kept>,
): Promise<Outcome<Kept>> {
  const working = atWork.get(db.writer) ?? new Map<string, Promise<unknown>>()
  // Not by the object, which is another one for each request that signs.
  atWork.set(db.writer, working)
  const id = JSON.stringify([wish.caller, wish.route, wish.key])
  const until = performance.now() + IN_FLIGHT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    const other = working.get(id)
    if (other === undefined) break
    const tooLate = sleep(until - performance.now(), 'too late', { ref: false })
    if ((await Promise.race([other.catch(() => undefined), tooLate])) === 'too late') throw inFlight()
  }
  const mine = work().finally(() => working.delete(id))
  working.set(id, mine)
  return mine
}
