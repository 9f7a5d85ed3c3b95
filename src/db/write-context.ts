import { sql, type Transaction } from 'kysely'
import type { Handle } from './database.js'

/** How a change came about, as the history says it. Without a writer it is `external`: another program's. */
export type Origin = 'v1' | 'v2' | 'propagation' | 'migration'

/** Who writes, for the history. */
export interface Writer {
  actor: string | null
  /** Of the request, or of the job. */
  requestId: string
  origin: Origin
}

/**
 * Runs `act` as this writer. The row stands for the length of the transaction alone; one that was left
 * behind is overwritten, and goes with it.
 */
export async function asWriter<Schema, Result>(
  trx: Transaction<Schema>,
  { actor, requestId, origin }: Writer,
  act: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  await sql`insert or replace into write_context values (1, ${actor}, ${requestId}, ${origin})`.execute(trx)
  const result = await act(trx)
  await sql`delete from write_context`.execute(trx)
  return result
}

/** Runs `act` with the transaction's writer, if it has one, under another origin. */
export async function underOrigin<Schema, Result>(
  trx: Transaction<Schema>,
  origin: Origin,
  act: () => Promise<Result>,
): Promise<Result> {
  const { rows } = await sql<{ origin: Origin }>`select origin from write_context`.execute(trx)
  const [before] = rows
  if (before === undefined) return act()
  await sql`update write_context set origin = ${origin}`.execute(trx)
  const result = await act()
  await sql`update write_context set origin = ${before.origin}`.execute(trx)
  return result
}

/** The same as `asWriter` for the transactions of a job, on a handle of its own. */
export function writerOn(handle: Handle, { actor, requestId, origin }: Writer) {
  const fill = handle.prepare('insert or replace into write_context values (1, ?, ?, ?)')
  const empty = handle.prepare('delete from write_context')
  return <Result>(act: () => Result): Result => {
    fill.run(actor, requestId, origin)
    const result = act()
    empty.run()
    return result
  }
}
