import BetterSqlite3 from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { inspectFile } from '../../src/db/inspect-file.js'
import { temporaryFolder } from '../helper.js'

function walFile(t: Test): string {
  const path = join(temporaryFolder(t), 'app.db')
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE items (n INTEGER PRIMARY KEY)').close()
  return path
}

/** Opens the file, commits a row, closes it, over and over; ends with the number of rows it has committed. */
const program = `const Database = require('better-sqlite3'); let n = 0
  const until = Date.now() + Number(process.argv[2])
  while (Date.now() < until) {
    const db = new Database(process.argv[1], { timeout: 5000 })
    for (let turn = 0; turn < 3; turn++) db.prepare('INSERT INTO items VALUES (?)').run(++n)
    db.close()
  }
  console.log(n)`

t.test('looking at a file', async (t) => {
  t.test('takes nothing away from another program that opens it meanwhile', async (t) => {
    const path = walFile(t)
    const child = spawn(process.execPath, ['-e', program, path, '2000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => child.kill('SIGKILL'))
    const said = once(child.stdout, 'data')
    const ended = once(child, 'exit')
    let looks = 0
    const kinds = new Set<string>()
    for (let isOver = false; !isOver; looks++) {
      kinds.add(inspectFile(path).kind)
      isOver = await Promise.race([
        ended.then(() => true),
        new Promise<false>((go) => setImmediate(go, false)),
      ])
    }
    t.strictSame([...kinds], ['sqlite'])
    const committed = Number(String((await said)[0]))
    const db = new BetterSqlite3(path)
    t.strictSame(db.prepare('SELECT count(*) FROM items').pluck().get(), committed)
    t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
    db.close()
    t.ok(looks > 50 && committed > 50, `${looks} looks, ${committed} commits`)
  })

  t.test('leaves it and the folder as they were, also what a killed program has left', async (t) => {
    const path = walFile(t)
    const living = new BetterSqlite3(path)
    living.exec('INSERT INTO items VALUES (7)')
    const left = join(temporaryFolder(t), 'left.db')
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(path + suffix, left + suffix)
    living.close()
    for (const file of [path, left]) {
      const bytes = () =>
        readdirSync(dirname(file)).map((name) => [name, readFileSync(join(dirname(file), name))])
      const before = bytes().filter(([name]) => !String(name).endsWith('-shm'))
      t.match(inspectFile(file), { kind: 'sqlite' })
      t.strictSame(
        bytes().filter(([name]) => !String(name).endsWith('-shm')),
        before,
      )
    }
  })
})
