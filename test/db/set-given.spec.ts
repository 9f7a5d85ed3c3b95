import BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import t from 'tap'
import { setGiven } from '../../src/db/set-given.js'

interface Thing {
  name: string | null
  size: number
  note: string | null
}

t.test('a change of some columns', async (t) => {
  const handle = new BetterSqlite3(':memory:')
  handle.exec('CREATE TABLE things (name TEXT, size INTEGER, note TEXT)')
  const statements: string[] = []
  const db = new Kysely<{ things: Thing }>({
    dialect: new SqliteDialect({ database: handle }),
    log: ({ query }) => void statements.push(query.sql),
  })
  t.teardown(() => db.destroy())
  const change = (given: Partial<Thing>) =>
    db
      .updateTable('things')
      .set(setGiven<Thing>(['name', 'size', 'note'], given))
      .execute()
  const stored = () =>
    handle.prepare('SELECT hex(name) name, typeof(size) type, size, hex(note) note FROM things').get()

  t.test('leaves the others as they are stored, byte for byte', async (t) => {
    handle.exec(
      `INSERT INTO things VALUES (CAST(x'ff6100' AS TEXT), 9007199254740993, CAST(x'eda080' AS TEXT))`,
    )
    const before = stored() as object
    await change({ size: 2 })
    t.same(stored(), { ...before, type: 'integer', size: 2 })
    await change({ note: null })
    t.same(stored(), { ...before, type: 'integer', size: 2, note: '' })
    await change({})
    t.same(stored(), { ...before, type: 'integer', size: 2, note: '' })
  })

  t.test('is one statement, whichever they are', async (t) => {
    await change({ name: 'a', size: 3 })
    t.equal(new Set(statements).size, 1)
    t.ok(statements.length >= 4)
  })

  t.test('is refused where a column is none of those', async (t) => {
    const given: object = { colour: 'red' }
    await t.rejects(async () => change(given), /not a column that can be set: colour/)
  })
})
