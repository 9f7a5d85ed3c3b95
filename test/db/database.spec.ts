import BetterSqlite3 from 'better-sqlite3'
import { sql, type Kysely } from 'kysely'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import t, { type Test } from 'tap'
import { applySchemaFiles, revertSchemaFiles, type SchemaFile } from '../../src/db/schema-files.js'
import { asSqliteError, isBusy, openDatabase, readSnapshot, write } from '../../src/db/database.js'
import { WaitingWriters } from '../../src/db/waiting-writers.js'
import { temporaryFolder } from '../helper.js'

interface Schema {
  items: { id: number; name: string }
}

function opened(t: Test) {
  const path = `${temporaryFolder(t)}/test.db`
  new BetterSqlite3(path)
    .exec('CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)')
    .close()
  const db = openDatabase<Schema>(path)
  t.teardown(() => db.close())
  return { path, db }
}
const add = (db: Kysely<Schema>, name: string) =>
  db
    .insertInto('items')
    .values({ id: sql`NULL`, name })
    .execute()
const names = async (db: Kysely<Schema>) =>
  (await db.selectFrom('items').select('name').orderBy('id').execute()).map(({ name }) => name)

/** A process of its own that holds the write lock. */
async function lockedFor(t: Test, path: string, ms: number) {
  const script = `const db = new (require('better-sqlite3'))(process.argv[1]); db.exec('BEGIN IMMEDIATE');
    console.log('locked'); setTimeout(() => { db.exec('COMMIT'); db.close() }, ${ms})`
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  await once(child.stdout, 'data')
}

t.test('a write', async (t) => {
  t.test('is there for the reader once it is committed, and not before', async (t) => {
    const { db } = opened(t)
    await write(db, async (trx) => {
      await add(trx, 'one')
      t.strictSame(await names(db.reader), [])
    })
    t.strictSame(await names(db.reader), ['one'])
  })
  t.test('that has waited lets others have their turn, once those before it have taken long', async (t) => {
    const { db } = opened(t)
    let turns = 0
    let isOver = false
    const count = () => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const began: number[] = []
    const writes = Array.from({ length: 20 }, (_, n) =>
      write(db, async (trx) => {
        began.push(turns)
        await add(trx, `number ${n}`)
        // As long as a write with many consequences.
        for (const until = performance.now() + 6; performance.now() < until;);
        t.equal(turns, began.at(-1), 'nobody in the midst of it')
      }),
    )
    await Promise.all(writes).finally(() => (isOver = true))
    const together = began.map((turn) => began.filter((other) => other === turn).length)
    t.ok(Math.max(...together) <= 2, `never more than two writes of 6 ms in a turn: ${began.join(', ')}`)
  })
  t.test('that throws leaves nothing behind, and the next one succeeds', async (t) => {
    const { db } = opened(t)
    await t.rejects(
      write(db, async (trx) => {
        await add(trx, 'one')
        throw new Error('no')
      }),
      /no/,
    )
    await write(db, (trx) => add(trx, 'two'))
    t.strictSame(await names(db.reader), ['two'])
  })
  t.test('may read first and write then, although another has written meanwhile', async (t) => {
    const { db } = opened(t)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        write(db, async (trx) => {
          const before = await names(trx)
          await add(trx, `item ${before.length}`)
        }),
      ),
    )
    t.equal((await names(db.reader)).length, 50)
  })
  t.test('can go back to a savepoint', async (t) => {
    const { db } = opened(t)
    const trx = await db.writer.startTransaction().execute()
    await add(trx, 'kept')
    const inner = await trx.savepoint('inner').execute()
    await add(inner, 'undone')
    await inner.rollbackToSavepoint('inner').execute()
    await inner.releaseSavepoint('inner').execute()
    await inner.commit().execute()
    t.strictSame(await names(db.reader), ['kept'])
  })
  t.test('gives the number of rows and the id of the last', async (t) => {
    const { db } = opened(t)
    const inserted = await db.writer
      .insertInto('items')
      .values({ id: 7, name: 'x' })
      .executeTakeFirstOrThrow()
    t.strictSame(inserted.insertId, 7n)
    const updated = await db.writer.updateTable('items').set({ name: 'y' }).executeTakeFirstOrThrow()
    t.strictSame(updated.numUpdatedRows, 1n)
  })
  t.test('does not begin through the reader', async (t) => {
    const { db } = opened(t)
    await t.rejects(add(db.reader, 'no'), /readonly/)
  })
})

t.test('a write behind another program’s lock', async (t) => {
  t.test('waits without stopping the process, says that it waits, and succeeds', async (t) => {
    const { path, db } = opened(t)
    await lockedFor(t, path, 1_000)
    let ticks = 0
    let wasSeen = false
    const timer = setInterval(() => {
      ticks++
      wasSeen ||= db.waiting.any
    }, 10)
    await write(db, (trx) => add(trx, 'patient'))
    clearInterval(timer)
    t.ok(ticks > 30, `the process ran on: ${ticks} ticks`)
    t.ok(wasSeen)
    t.notOk(db.waiting.any)
    t.strictSame(await names(db.reader), ['patient'])
  })
  t.test('is refused as busy after five seconds, reads go on, and the next one succeeds', async (t) => {
    const { path, db } = opened(t)
    const other = new BetterSqlite3(path)
    other.exec('BEGIN IMMEDIATE')
    const before = performance.now()
    const refused = t.rejects(
      write(db, (trx) => add(trx, 'never')),
      { status: 503, code: 'database-busy' },
    )
    t.strictSame(await names(db.reader), [])
    await refused
    const waited = performance.now() - before
    t.ok(waited > 4_900 && waited < 8_000)
    other.exec('COMMIT')
    other.close()
    await write(db, (trx) => add(trx, 'now'))
    t.strictSame(await names(db.reader), ['now'])
  })
})

t.test('many writes behind another program’s lock', async (t) => {
  t.test('are all refused after five seconds, not one after the other', async (t) => {
    const { path, db } = opened(t)
    const other = new BetterSqlite3(path)
    other.exec('BEGIN IMMEDIATE')
    const before = performance.now()
    const waits = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await t.rejects(
          write(db, (trx) => add(trx, `write ${n}`)),
          { status: 503, code: 'database-busy' },
        )
        return performance.now() - before
      }),
    )
    t.ok(Math.min(...waits) > 4_900 && Math.max(...waits) < 8_000, `${Math.max(...waits)} ms`)
    other.exec('COMMIT')
    other.close()
    await write(db, (trx) => add(trx, 'now'))
    t.strictSame(await names(db.reader), ['now'])
  })
  t.test('succeed when it goes, also those that have waited for longer behind each other', async (t) => {
    const { path, db } = opened(t)
    await lockedFor(t, path, 1_000)
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        write(db, async (trx) => {
          await new Promise((resolve) => setTimeout(resolve, 300))
          await add(trx, `write ${n}`)
        }),
      ),
    )
    t.equal((await names(db.reader)).length, 20)
  })
})

t.test('a snapshot', async (t) => {
  t.test('does not see what is committed after its first read', async (t) => {
    const { db } = opened(t)
    await readSnapshot(db, async (trx) => {
      t.strictSame(await names(trx), [])
      await write(db, (other) => add(other, 'later'))
      t.strictSame(await names(trx), [])
    })
    t.strictSame(await names(db.reader), ['later'])
  })
})

t.test('a connection', async (t) => {
  t.test('answers more different statements than it keeps', async (t) => {
    const { db } = opened(t)
    for (let n = 0; n < 1_100; n++) {
      const { rows } = await sql<{ n: number }>`select ${sql.raw(String(n))} as n`.execute(db.reader)
      if (rows[0]?.n !== n) t.fail(`statement ${n}`)
    }
    const { rows } = await sql<{ n: number }>`select 0 as n`.execute(db.reader)
    t.equal(rows[0]?.n, 0)
  })
  t.test('streams rows, also when the reader of the stream stops early', async (t) => {
    const { db } = opened(t)
    await write(db, async (trx) => {
      for (const name of ['a', 'b', 'c']) await add(trx, name)
    })
    const seen: string[] = []
    for await (const { name } of db.reader.selectFrom('items').selectAll().orderBy('id').stream())
      seen.push(name)
    t.strictSame(seen, ['a', 'b', 'c'])
    for await (const _ of db.reader.selectFrom('items').selectAll().stream()) break
    t.equal((await names(db.reader)).length, 3)
  })
  t.test('lists its tables', async (t) => {
    const { db } = opened(t)
    t.match(await db.reader.introspection.getTables(), [{ name: 'items' }])
  })
  t.test('survives a rollback that SQLite has made by itself', async (t) => {
    const { db } = opened(t)
    await t.rejects(
      write(db, (trx) => sql`insert or rollback into items values (1, null)`.execute(trx)),
      /NOT NULL/,
    )
    await write(db, (trx) => add(trx, 'after'))
    t.strictSame(await names(db.reader), ['after'])
  })
})

t.test('a database', async (t) => {
  t.test('that is closed leaves one file, also when it was never read or written', async (t) => {
    for (const act of [
      async () => undefined,
      async (reader: Kysely<Schema>) => names(reader),
      async (_: Kysely<Schema>, writer: Kysely<Schema>) => add(writer, 'x'),
    ]) {
      const { path, db } = opened(t)
      await act(db.reader, db.writer)
      await db.close()
      t.strictSame(readdirSync(dirname(path)), ['test.db'])
    }
  })
})

t.test('an error', async (t) => {
  t.test('of SQLite has its code, and no other has', async (t) => {
    const { db } = opened(t)
    await write(db, (trx) => add(trx, 'one'))
    const error = await add(db.writer, 'one').catch((thrown: unknown) => thrown)
    t.match(asSqliteError(error), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
    t.notOk(isBusy(error))
    t.equal(asSqliteError(new Error('x')), undefined)
    t.notOk(isBusy(new Error('x')))
  })
})

t.test('schema files', async (t) => {
  const file = (name: string): SchemaFile => ({
    name,
    up: async (trx) => {
      await sql.raw(`create table ${name} (id)`).execute(trx)
    },
    down: async (trx) => {
      await sql.raw(`drop table ${name}`).execute(trx)
    },
  })
  const tablesOf = async (db: Kysely<Schema>) =>
    (await db.introspection.getTables()).map(({ name }) => name).sort()

  t.test('are applied once, and taken back once', async (t) => {
    const { db } = opened(t)
    const apply = () => write(db, (trx) => applySchemaFiles(trx as never, [file('first'), file('second')]))
    await apply()
    await apply()
    t.strictSame(await tablesOf(db.reader), ['first', 'items', 'schema_files', 'second'])
    const revert = () =>
      write(db, (trx) => revertSchemaFiles(trx as never, [file('first'), file('second'), file('never')]))
    await revert()
    await revert()
    t.strictSame(await tablesOf(db.reader), ['items', 'schema_files'])
  })
})

t.test('waiting writers', async (t) => {
  t.test('are counted across threads’ views of the memory', async (t) => {
    const here = WaitingWriters.create()
    const there = WaitingWriters.over(here.memory)
    await here.whileWaiting(async () => {
      t.ok(there.any)
      await there.whileWaiting(async () => t.ok(here.any))
      t.ok(there.any)
    })
    t.notOk(there.any)
  })
  t.test('are let pass, but not longer than the limit', async (t) => {
    const waiting = WaitingWriters.create()
    const timed = () => {
      const before = performance.now()
      waiting.letPass(60)
      return performance.now() - before
    }
    t.ok(timed() < 30)
    await waiting.whileWaiting(async () => t.ok(timed() >= 55))
  })
  t.test('are no longer counted when what they do throws', async (t) => {
    const waiting = WaitingWriters.create()
    await t.rejects(waiting.whileWaiting(() => Promise.reject(new Error('no'))))
    t.notOk(waiting.any)
  })
})
