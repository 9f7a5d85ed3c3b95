import type { Transaction } from 'kysely'
import { readInThread, type Database } from './database.js'

/**
 * Reads of whole tables, one for all who ask the same: whoever asks before the read has begun gets its
 * answer too, and sees every write that was acknowledged before he asked. So at most two wait for one
 * question, one that is read and one that comes next, however many ask it.
 *
 * @param read asked with the key, once its turn has come
 */
export function joinedReads<Schema, Key, Result>(
  db: Database<Schema>,
  read: (trx: Transaction<Schema>, key: Key) => Promise<Result>,
): (key: Key) => Promise<Result> {
  const toCome = new Map<Key, Promise<Result>>()
  return (key) => {
    const joined = toCome.get(key)
    if (joined !== undefined) return joined
    const begin = (trx: Transaction<Schema>) => {
      toCome.delete(key)
      return read(trx, key)
    }
    const answer = readInThread(db, begin).finally(() => {
      // One that was refused before its turn.
      if (toCome.get(key) === answer) toCome.delete(key)
    })
    toCome.set(key, answer)
    return answer
  }
}
