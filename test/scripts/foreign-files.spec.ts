import BetterSqlite3 from 'better-sqlite3'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.js'
import { run } from './processes.js'

type Maker = (path: string) => void

const otherDatabase =
  (journalMode: 'delete' | 'wal'): Maker =>
  (path) => {
    const handle = new BetterSqlite3(path)
    handle.pragma(`journal_mode = ${journalMode}`)
    handle.exec('create table recipes (id text primary key, name text)').close()
  }

const foreign: Record<string, { make: Maker; reason: RegExp }> = {
  'a text file': {
    make: (path) => writeFileSync(path, 'shopping list: milk\n'),
    reason: /it is not a SQLite database/,
  },
  'an empty file': { make: (path) => writeFileSync(path, ''), reason: /it is not a SQLite database/ },
  'a SQLite file of another application': {
    make: otherDatabase('delete'),
    reason: /it lacks the tables suppliers, projects, task_types of v1/,
  },
  'one in WAL mode': {
    make: otherDatabase('wal'),
    reason: /it lacks the tables suppliers, projects, task_types of v1/,
  },
  'a torn SQLite file': {
    make: (path) => {
      otherDatabase('delete')(path)
      writeFileSync(path, readFileSync(path).fill(0xff, 100))
    },
    reason: /cannot be served/,
  },
}

t.test('the server refuses, and leaves as it is,', async (t) => {
  for (const [what, { make, reason }] of Object.entries(foreign))
    t.test(what, async (t) => {
      const folder = temporaryFolder(t)
      const path = join(folder, 'mine.db')
      make(path)
      const bytes = readFileSync(path)
      const { code, stdout, stderr } = await run(t, 'src/server.js', {
        env: { DATABASE_PATH: path, PORT: '0' },
      })
      t.same([code, stdout], [1, ''])
      t.match(stderr, /^The server cannot start: [^\n]+\n$/)
      t.match(stderr, reason)
      t.match(stderr, path)
      t.same(readFileSync(path), bytes)
      t.same(readdirSync(folder), ['mine.db'])
    })
})
