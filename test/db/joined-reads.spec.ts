import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { openDatabase, readInThread, write } from '../../src/db/database.js'
import { joinedReads } from '../../src/db/joined-reads.js'
import { temporaryFolder } from '../helper.js'

interface Schema {
  items: { id: number; name: string }
}

/** How many items there are, and the question, as one read finds them. */
function counted(t: Test) {
  const path = `${temporaryFolder(t)}/test.db`
  new BetterSqlite3(path).exec('CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)').close()
  const db = openDatabase<Schema>(path)
  t.teardown(() => db.close())
  let reads = 0
  const count = joinedReads(db, async (trx, asked: string) => {
    reads++
    const { items } = await trx
      .selectFrom('items')
      .select((of) => of.fn.countAll<number>().as('items'))
      .executeTakeFirstOrThrow()
    return { asked, items }
  })
  /** The only thread for such reads has something to do meanwhile. */
  const occupy = () =>
    readInThread(db, (trx) =>
      sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2000000)
        select max(n) as n from numbers`.execute(trx),
    )
  const add = () => write(db, (trx) => trx.insertInto('items').values({ id: Date.now(), name: '' }).execute())
  return { db, count, occupy, add, reads: () => reads }
}

t.test('reads of the same', async (t) => {
  t.test('that wait for their turn are one', async (t) => {
    const { count, occupy, reads } = counted(t)
    const occupied = occupy()
    const answers = await Promise.all(Array.from({ length: 50 }, () => count('same')))
    await occupied
    t.strictSame(new Set(answers.map(({ items }) => items)), new Set([0]))
    t.equal(reads(), 1)
  })

  t.test('are not joined to those of something else', async (t) => {
    const { count, occupy, reads } = counted(t)
    const occupied = occupy()
    t.strictSame(await Promise.all([count('one'), count('other')]), [
      { asked: 'one', items: 0 },
      { asked: 'other', items: 0 },
    ])
    await occupied
    t.equal(reads(), 2)
  })

  t.test('see what was written before they were asked', async (t) => {
    const { count, occupy, add, reads } = counted(t)
    const occupied = occupy()
    const before = count('same')
    await add()
    const after = count('same')
    await occupied
    t.match(await Promise.all([before, after]), [{ items: 1 }, { items: 1 }], 'one read, after both')
    t.match(await count('same'), { items: 1 })
    t.equal(reads(), 2, 'an answer is not kept')
  })

  t.test('that are refused do not stand in the way of the next', async (t) => {
    const { db, count, reads } = counted(t)
    await write(db, (trx) => sql`alter table items rename to elsewhere`.execute(trx))
    await t.rejects(count('same'), /no such table/)
    await write(db, (trx) => sql`alter table elsewhere rename to items`.execute(trx))
    t.match(await count('same'), { items: 0 })
    const begun = reads()
    await db.close()
    const refusals = await Promise.allSettled([count('same'), count('same')])
    t.match(refusals, [{ status: 'rejected' }, { status: 'rejected' }])
    await t.rejects(count('same'))
    t.equal(reads(), begun, 'none of them had begun')
  })
})
