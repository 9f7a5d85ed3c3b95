import BetterSqlite3 from 'better-sqlite3'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { openWorkerHandle } from '../../src/db/database.js'
import { lockedTransaction, takeLock } from '../../src/db/worker-lock.js'
import { temporaryFolder } from '../helper.js'

function opened(t: Test) {
  const path = `${temporaryFolder(t)}/test.db`
  new BetterSqlite3(path).exec('CREATE TABLE items (n INTEGER PRIMARY KEY)').close()
  const handle = openWorkerHandle(path)
  t.teardown(() => handle.close())
  return { path, handle, items: () => handle.prepare('SELECT n FROM items').pluck().all() }
}

t.test('a locked transaction', async (t) => {
  t.test('commits what it did, and gives the result', async (t) => {
    const { handle, items } = opened(t)
    const changes = lockedTransaction(
      handle,
      () => handle.prepare('INSERT INTO items VALUES (1), (2)').run().changes,
    )
    t.equal(changes, 2)
    t.notOk(handle.inTransaction)
    t.strictSame(items(), [1, 2])
  })

  t.test('leaves nothing behind when it throws, whoever rolled back', async (t) => {
    const { handle, items } = opened(t)
    const failing = (sql: string) => () =>
      lockedTransaction(handle, () => {
        handle.exec('INSERT INTO items VALUES (1)')
        handle.exec(sql)
      })
    t.throws(failing('INSERT INTO items VALUES (1)'), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    t.throws(failing('INSERT OR ROLLBACK INTO items VALUES (1)'), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    t.notOk(handle.inTransaction)
    t.strictSame(items(), [])
  })

  t.test('waits for the lock', async (t) => {
    const { path, handle, items } = opened(t)
    const other = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
       const db = new (require('better-sqlite3'))(workerData)
       db.exec('BEGIN IMMEDIATE')
       parentPort.postMessage('locked')
       setTimeout(() => { db.exec('INSERT INTO items VALUES (7); COMMIT'); db.close() }, 300)`,
      { eval: true, workerData: path },
    )
    await once(other, 'message')
    const startedAt = performance.now()
    lockedTransaction(handle, () => handle.exec('INSERT INTO items VALUES (8)'))
    t.ok(performance.now() - startedAt > 200)
    t.strictSame(items(), [7, 8])
    await once(other, 'exit')
  })

  t.test('does not wait for what is no lock', async (t) => {
    const { handle } = opened(t)
    takeLock(handle)
    t.throws(() => takeLock(handle), /within a transaction/)
    handle.exec('ROLLBACK')
    t.equal(handle.pragma('busy_timeout', { simple: true }), 10_000)
  })
})
