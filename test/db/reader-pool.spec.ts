import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import t, { type Test } from 'tap'
import { asSqliteError, openDatabase, readInThread, write } from '../../src/db/database.js'
import { openReaderPool, type ReaderPoolOptions } from '../../src/db/reader-pool.js'
import { temporaryFolder } from '../helper.js'

interface Schema {
  items: { id: number; name: string }
}

function file(t: Test): string {
  const path = `${temporaryFolder(t)}/test.db`
  new BetterSqlite3(path)
    .exec(
      `PRAGMA journal_mode = WAL; CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO items VALUES (1, 'one'), (2, 'two')`,
    )
    .close()
  return path
}

function opened(t: Test, options: Partial<ReaderPoolOptions> = {}) {
  const path = file(t)
  const pool = openReaderPool<Schema>({ path, threads: 1, ...options })
  t.teardown(() => pool.destroy())
  return { path, pool }
}

/** A query that counts so far: about 10 million a second. */
const counting = (to: number) =>
  sql<{
    n: number
  }>`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${to})
    select max(n) as n from numbers`

const items = (pool: ReturnType<typeof opened>['pool']) => pool.selectFrom('items').selectAll().execute()
const rows = [
  { id: 1, name: 'one' },
  { id: 2, name: 'two' },
]

t.test('a thread that reads', async (t) => {
  t.test('gives rows, with values of every kind', async (t) => {
    const { pool } = opened(t)
    t.strictSame(await items(pool), rows)
    const values = sql`select ${1.5} as real, ${'ü\u0000'} as text, ${null} as none, x'00ff' as blob`
    t.match((await values.execute(pool)).rows, [
      { real: 1.5, text: 'ü\u0000', none: null, blob: Uint8Array.of(0, 255) },
    ])
  })

  t.test('leaves its own thread to others meanwhile', async (t) => {
    const { pool } = opened(t)
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    const { rows } = await counting(5_000_000).execute(pool)
    clearInterval(timer)
    t.equal(rows[0]?.n, 5_000_000)
    t.ok(ticks > 10, `${ticks} ticks`)
  })

  t.test('says what SQLite said, and goes on', async (t) => {
    const { pool } = opened(t)
    const error = await sql`insert into items values (3, 'three')`
      .execute(pool)
      .catch((thrown: unknown) => thrown)
    t.match(asSqliteError(error), { code: 'SQLITE_READONLY', message: /readonly/ })
    await t.rejects(sql`select nonsense`.execute(pool), { code: 'SQLITE_ERROR' })
    await t.rejects(sql`select ${{}}`.execute(pool), /bind/)
    t.strictSame(await items(pool), rows)
  })

  t.test('sees one state in a transaction, also after a query that failed', async (t) => {
    const { path, pool } = opened(t)
    const other = new BetterSqlite3(path)
    t.teardown(() => other.close())
    await t.rejects(
      pool.transaction().execute(async (trx) => {
        t.equal((await trx.selectFrom('items').selectAll().execute()).length, 2)
        other.exec(`INSERT INTO items VALUES (3, 'three')`)
        t.equal((await trx.selectFrom('items').selectAll().execute()).length, 2)
        throw new Error('enough')
      }),
      /enough/,
    )
    t.equal((await items(pool)).length, 3)
  })

  t.test('does not stream', async (t) => {
    const { pool } = opened(t)
    await t.rejects(async () => {
      for await (const _ of pool.selectFrom('items').selectAll().stream()) break
    }, /does not stream/)
  })

  t.test('lists the tables', async (t) => {
    const { pool } = opened(t)
    t.match(await pool.introspection.getTables(), [{ name: 'items' }])
  })

  t.test('that cannot open the file says so', async (t) => {
    const pool = openReaderPool<Schema>({ path: `${temporaryFolder(t)}/nothing.db`, threads: 1 })
    t.teardown(() => pool.destroy())
    await t.rejects(items(pool), { code: 'SQLITE_CANTOPEN' })
  })
})

t.test('a pool', async (t) => {
  t.test('lets the others wait for their turn, in order', async (t) => {
    const { pool } = opened(t)
    const done: string[] = []
    await Promise.all([
      counting(2_000_000)
        .execute(pool)
        .then(() => done.push('long')),
      counting(10)
        .execute(pool)
        .then(() => done.push('first')),
      counting(10)
        .execute(pool)
        .then(() => done.push('second')),
    ])
    t.strictSame(done, ['long', 'first', 'second'])
  })

  t.test('has a short read wait for no long one while it has another thread', async (t) => {
    const { pool } = opened(t, { threads: 2 })
    const done: string[] = []
    await Promise.all([
      counting(5_000_000)
        .execute(pool)
        .then(() => done.push('long')),
      items(pool).then(() => done.push('short')),
    ])
    t.strictSame(done, ['short', 'long'])
  })

  t.test('refuses more than may wait at once', async (t) => {
    const { pool } = opened(t, { mostWaiting: 2 })
    const asked = Array.from({ length: 5 }, () => counting(500_000).execute(pool))
    const states = (await Promise.allSettled(asked)).map(({ status }) => status)
    t.strictSame(states.toSorted(), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
    await t.rejects(async () => asked[4], {
      status: 503,
      code: 'reads-busy',
      headers: { 'retry-after': '2' },
    })
  })

  t.test('gives up a read that takes too long and one that waits too long, and then goes on', async (t) => {
    // Long enough that a new thread is there within it, on a busy machine too.
    const { pool } = opened(t, { limitMs: 1_000 })
    await t.rejects(
      pool.transaction().execute((trx) => counting(20_000_000).execute(trx)),
      { code: 'reads-busy' },
    )
    // The thread is not free before its query is over.
    await t.rejects(items(pool), { code: 'reads-busy' })
    for (let tries = 0; tries < 60; tries++) {
      const found = await items(pool).catch(() => undefined)
      if (found === undefined) continue
      t.strictSame(found, rows)
      return
    }
    t.fail('it goes on')
  })

  t.test('does not begin a read while it is held back, for a second at most', async (t) => {
    let isHeld = true
    const { pool } = opened(t, { heldBack: () => isHeld })
    const startedAt = performance.now()
    setTimeout(() => (isHeld = false), 150)
    await items(pool)
    const waited = performance.now() - startedAt
    t.ok(waited > 145, `${waited} ms`)
    isHeld = true
    await items(pool)
    t.ok(performance.now() - startedAt - waited > 990)
  })

  t.test('that is closed in the midst of a read ends it', async (t) => {
    const { pool } = opened(t)
    const read = counting(2_000_000).execute(pool)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await pool.destroy()
    t.match(await Promise.allSettled([read]), [{ status: /fulfilled|rejected/ }])
  })
})

t.test('a pool that is closed', async (t) => {
  t.test('starts no thread for those who wait: they are refused', async (t) => {
    const { pool } = opened(t)
    const asked = Array.from({ length: 6 }, () => counting(3_000_000).execute(pool))
    const told = Promise.allSettled(asked)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await pool.destroy()
    t.notOk(process.getActiveResourcesInfo().includes('MessagePort'), 'no thread is left')
    const waiting = (await told).slice(1)
    t.ok(waiting.every((one) => one.status === 'rejected'))
    t.match(
      waiting,
      Array.from({ length: 5 }, () => ({ reason: { code: 'reads-busy' } })),
    )
  })

  t.test('tells a transaction that goes on so at once', async (t) => {
    const { pool } = opened(t)
    const closed: Promise<void>[] = []
    const startedAt = performance.now()
    await t.rejects(
      pool.transaction().execute(async (trx) => {
        await trx.selectFrom('items').selectAll().execute()
        closed.push(pool.destroy())
        await Promise.all(closed)
        await trx.selectFrom('items').selectAll().execute()
      }),
      /has ended/,
    )
    t.ok(performance.now() - startedAt < 5_000, 'before it would be given up')
  })

  // A thread may be starting, at work, idle, or about to be given up.
  t.test('is so in time, at whatever moment', async (t) => {
    const path = file(t)
    for (let round = 0; round < 12; round++) {
      const pool = openReaderPool<Schema>({ path, threads: 2, limitMs: 150 })
      const reads = Array.from({ length: 8 }, (_, n) => counting(n % 2 === 0 ? 10 : 2_000_000).execute(pool))
      const told = Promise.allSettled(reads)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
      const startedAt = performance.now()
      await pool.destroy()
      await told
      const took = performance.now() - startedAt
      t.ok(took < 6_000, `${took} ms`)
    }
  })
})

t.test('a database', async (t) => {
  t.test(
    'reads lists and snapshots in threads, sees what it wrote, and leaves one file behind',
    async (t) => {
      const path = file(t)
      const db = openDatabase<Schema>(path)
      await write(db, (trx) => trx.insertInto('items').values({ id: 3, name: 'three' }).execute())
      t.equal((await db.lists.selectFrom('items').selectAll().execute()).length, 3)
      t.equal(
        await readInThread(db, async (trx) => (await trx.selectFrom('items').selectAll().execute()).length),
        3,
      )
      await db.close()
      t.strictSame(readdirSync(dirname(path)), ['test.db'])
    },
  )

  t.test('begins no snapshot in a thread while the WAL is long', async (t) => {
    const db = openDatabase<Schema>(file(t))
    t.teardown(() => db.close())
    db.walIsLong.set(true)
    const startedAt = performance.now()
    setTimeout(() => db.walIsLong.set(false), 200)
    await readInThread(db, async (trx) => trx.selectFrom('items').selectAll().execute())
    t.ok(performance.now() - startedAt > 195)
  })
})
