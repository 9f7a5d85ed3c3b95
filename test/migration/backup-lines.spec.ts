import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { hashTable } from '../../src/migration/backup/row-hash.js'
import { headerOf, linesOf, readTables } from '../../src/migration/backup/table-lines.js'

const nothing = async () => undefined

function inMemory(t: Test, sql: string): Handle {
  const db = new BetterSqlite3(':memory:')
  t.teardown(() => db.close())
  db.exec(sql)
  return db
}

function linesIn(db: Handle): string[] {
  const [table] = readTables(db)
  if (table === undefined) throw new Error('no table')
  return [headerOf(table), ...linesOf(db, table)].map(String)
}

const hashOf = async (db: Handle) => {
  const [table] = readTables(db)
  if (table === undefined) throw new Error('no table')
  return (await hashTable(db, table, nothing)).rowHash
}

t.test('the lines of a table', async (t) => {
  const cells: [string, string, string][] = [
    ['nothing', 'NULL', ''],
    ['an integer beyond 2^53', '9007199254740993', '9007199254740993'],
    ['a number with a fraction', '0.1', '0.1'],
    ['a whole number that is no integer', '3.0', '3.0'],
    ['an infinite number', '9e999', '9.0e+999'],
    ['an empty text', `''`, '""'],
    ['a text that looks like a number', `'007'`, '"007"'],
    ['a text with quotes, commas and line ends', `'a "b", c' || char(13, 10) || 'd'`, '"a ""b"", c\r\nd"'],
    ['a text that looks like a formula', `'=1+1'`, '"=1+1"'],
    ['a text that looks like the mark of a BLOB', `'base64-blob:AA=='`, '"base64-blob:AA=="'],
    ['an emoji', `'😀'`, '"😀"'],
    ['a text with a NUL', `'a' || char(0) || '"b"'`, 'base64-text:YQAiYiI='],
    ['a text that is no UTF-8', `CAST(x'61ff22' AS TEXT)`, 'base64-text:Yf8i'],
    ['half a surrogate pair', `CAST(x'eda080' AS TEXT)`, 'base64-text:7aCA'],
    ['a BLOB', `x'00ff'`, 'base64-blob:AP8='],
    ['an empty BLOB', `x''`, 'base64-blob:'],
  ]
  for (const [title, sql, expected] of cells)
    for (const kind of ['', 'WITHOUT ROWID'])
      t.test(`hold ${title}${kind === '' ? '' : ', in a table without rowid'}`, async (t) => {
        const db = inMemory(t, `CREATE TABLE odd (id TEXT NOT NULL PRIMARY KEY, v, after) ${kind}`)
        db.exec(`INSERT INTO odd VALUES ('a', ${sql}, 'plain')`)
        t.strictSame(linesIn(db), ['"id","v","after"', `"a",${expected},"plain"`])
      })

  t.test('are in the order of the key, whatever order they were written in', async (t) => {
    const create = 'CREATE TABLE odd (id TEXT PRIMARY KEY, v);'
    const one = inMemory(t, `${create} INSERT INTO odd VALUES ('b', 1), ('a', 2)`)
    const other = inMemory(t, `${create} INSERT INTO odd VALUES ('a', 2), ('b', 1)`)
    t.strictSame(linesIn(one), ['"id","v"', '"a",2', '"b",1'])
    t.equal(await hashOf(one), await hashOf(other))
  })
  t.test('leave out what is generated, and bear any name', async (t) => {
    const db = inMemory(
      t,
      `CREATE TABLE "odd ""name""" (rowid TEXT, _rowid_ TEXT, oid TEXT, g AS (oid || '!')); INSERT INTO "odd ""name""" VALUES (x'01', 2, '3')`,
    )
    t.strictSame(linesIn(db), ['"rowid","_rowid_","oid"', 'base64-blob:AQ==,"2","3"'])
  })
  t.test('are not of virtual tables and what is behind them', async (t) => {
    const db = inMemory(t, 'CREATE VIRTUAL TABLE search USING fts5(text); CREATE TABLE own (id)')
    t.strictSame(
      readTables(db).map(({ name }) => name),
      ['own'],
    )
  })
})

t.test('the hash of a table differs when', async (t) => {
  const create = 'CREATE TABLE odd (id TEXT PRIMARY KEY, v, w);'
  const before = await hashOf(inMemory(t, `${create} INSERT INTO odd VALUES ('a', '1', NULL), ('b', 2, '')`))
  const changes: Record<string, string> = {
    'a value is of another type': `UPDATE odd SET v = 1 WHERE id = 'a'`,
    'nothing became an empty text': `UPDATE odd SET w = '' WHERE id = 'a'`,
    'a whole number became one with a fraction': `UPDATE odd SET v = 2.0 WHERE id = 'b'`,
    'two values were swapped': `UPDATE odd SET v = w, w = v WHERE id = 'b'`,
    'a row is missing': `DELETE FROM odd WHERE id = 'a'`,
    'a row was added': `INSERT INTO odd VALUES ('c', NULL, NULL)`,
  }
  for (const [title, change] of Object.entries(changes))
    t.test(title, async (t) => {
      const db = inMemory(t, `${create} INSERT INTO odd VALUES ('a', '1', NULL), ('b', 2, ''); ${change}`)
      t.not(await hashOf(db), before)
    })
})
