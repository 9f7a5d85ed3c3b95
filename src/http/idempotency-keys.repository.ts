import { sql, type Kysely, type Transaction } from 'kysely'
import { DAY_MS } from '../kernel/due-date.js'
import { Problem } from '../kernel/problem.js'

const KEPT_MS = DAY_MS
/** A kept answer takes the place of up to so many that are past their day, so that the table does not grow. */
const PRUNED_AT_ONCE = 100

export interface KeyTables {
  idempotency_keys: {
    caller: string
    route: string
    key: string
    fingerprint: string
    /** JSON. */
    answer: string
    createdAt: number
  }
}

/** What one caller wants: the same key means something else to another caller, or on another route. */
export type Wish = Omit<KeyTables['idempotency_keys'], 'answer' | 'createdAt'>

export interface Outcome<Kept> {
  kept: Kept
  isReplay: boolean
}

const reused = () =>
  new Problem(
    'idempotency-key-reused',
    'The Idempotency-Key was used with another path or body in the last 24 hours. Send a new request with a new key.',
  )

/** @throws Problem `idempotency-key-reused` */
export async function findKept<Kept>(db: Kysely<KeyTables>, wish: Wish): Promise<Outcome<Kept> | undefined> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'answer'])
    .where('caller', '=', wish.caller)
    .where('route', '=', wish.route)
    .where('key', '=', wish.key)
    .where('createdAt', '>', Date.now() - KEPT_MS)
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.fingerprint !== wish.fingerprint) throw reused()
  return { kept: JSON.parse(row.answer) as Kept, isReplay: true }
}

/** Call in the transaction of the effect. Removes answers that are past their day, a few at a time. */
export async function keep(trx: Transaction<KeyTables>, wish: Wish, kept: unknown): Promise<void> {
  const now = Date.now()
  await sql`delete from idempotency_keys where rowid in (select rowid from idempotency_keys
    where createdAt <= ${now - KEPT_MS} order by createdAt limit ${PRUNED_AT_ONCE})`.execute(trx)
  const row = { ...wish, answer: JSON.stringify(kept), createdAt: now }
  await trx
    .insertInto('idempotency_keys')
    .values(row)
    // This very key may be past its day and not removed yet.
    .onConflict((same) => same.columns(['caller', 'route', 'key']).doUpdateSet(row))
    .execute()
}
