import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { statementCache } from '../../src/db/statement-cache.js'

t.test('prepared statements', async (t) => {
  const handle = new BetterSqlite3(':memory:')
  t.teardown(() => handle.close())
  handle.exec('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)')
  const prepared: string[] = []
  const prepare = statementCache(
    {
      prepare: (sql: string) => {
        prepared.push(sql)
        return handle.prepare(sql)
      },
    },
    { reads: 3, writes: 2 },
  )
  const read = (n: number) => `SELECT ${n} FROM things`
  const write = (n: number) => `INSERT INTO things (name) VALUES ('${n}') RETURNING id`

  t.test('are given again while they are among those used last', async (t) => {
    const first = prepare(read(1))
    for (const sql of [read(2), read(3), read(1), read(4)]) prepare(sql)
    t.equal(prepare(read(1)), first, 'it was used after the second')
    prepare(read(2))
    t.same(prepared.splice(0), [read(1), read(2), read(3), read(4), read(2)])
  })

  t.test('that write are kept apart, fewer of them', async (t) => {
    for (const n of [1, 2, 3]) prepare(write(n)).all()
    prepare(write(3))
    prepare(write(1))
    prepare(read(4))
    t.same(prepared, [write(1), write(2), write(3), write(1)])
  })
})
