import type { Transaction } from 'kysely'
import { readSnapshot, write, type Database } from './database.js'

/** A write that may be refused. */
export interface Effect<Schema, Result> {
  /** Refuses by a Problem; reads only. */
  admit?: (trx: Transaction<Schema>) => Promise<void>
  act: (trx: Transaction<Schema>) => Promise<Result>
}

/** `write`, but what is refused anyhow does not wait for the lock: `admit` is asked before it as well as under it. */
export async function writeAdmitted<Schema, Result>(
  db: Database<Schema>,
  { admit, act }: Effect<Schema, Result>,
): Promise<Result> {
  if (admit !== undefined) await readSnapshot(db, admit)
  return write(db, async (trx) => {
    await admit?.(trx)
    return act(trx)
  })
}
