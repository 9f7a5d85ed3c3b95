import { statSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openReaderHandle, openWorkerHandle, type Handle } from '../../src/db/database.js'
import { sharedFlag } from '../../src/db/shared-flag.js'
import { WaitingWriters } from '../../src/db/waiting-writers.js'
import { createWalKeeper } from '../../src/migration/wal.js'
import { hasFileLimits, limitFiles } from '../file-limits.js'
import { engine } from './engine.js'

// The test runner's own handler would end the process for a write beyond its limit.
process.on('SIGXFSZ', () => undefined)

const MB = 1024 * 1024

async function kept(t: Test) {
  const { path } = await engine(t)
  const db = openWorkerHandle(path)
  t.teardown(() => db.close())
  db.exec('CREATE TABLE filled (text TEXT)')
  const isLong = sharedFlag()
  const waiting = WaitingWriters.create()
  return { path, db, isLong, waiting, keeper: createWalKeeper(db, waiting, isLong) }
}

const fill = (db: Handle, megabytes: number) =>
  db
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       INSERT INTO filled SELECT hex(zeroblob(${MB / 2})) FROM numbers`,
    )
    .run(megabytes)

t.test('a WAL', async (t) => {
  t.test('stays short however much is written', async (t) => {
    const { path, db, keeper, isLong } = await kept(t)
    for (let written = 0; written < 150; written += 5) {
      fill(db, 5)
      keeper.keep()
      t.notOk(keeper.isFull())
    }
    t.notOk(isLong.isRaised())
    t.ok(statSync(path).size > 100 * MB, 'what was written is in the file')
    t.ok(statSync(`${path}-wal`).size < 40 * MB, `${statSync(`${path}-wal`).size} bytes`)
  })

  t.test(
    'that somebody reads an old state of is full in the end, and begins anew when he is gone',
    async (t) => {
      const { path, db, keeper, isLong } = await kept(t)
      const reader = openReaderHandle(path)
      fill(db, 1)
      reader.exec('BEGIN; SELECT count(*) FROM filled')
      for (let written = 0; written < 150; written += 5) {
        fill(db, 5)
        keeper.keep()
      }
      t.ok(keeper.isFull())
      t.ok(isLong.isRaised(), 'so that no long read begins')
      reader.close()
      keeper.keep()
      t.notOk(keeper.isFull())
      keeper.keep()
      t.notOk(isLong.isRaised())
    },
  )

  t.test('is not begun anew while a write waits: that takes the lock', async (t) => {
    const { path, db, keeper, waiting } = await kept(t)
    const reader = openReaderHandle(path)
    fill(db, 1)
    reader.exec('BEGIN; SELECT count(*) FROM filled')
    fill(db, 90)
    reader.close()
    await waiting.whileWaiting(async () => {
      keeper.keep()
      t.ok(keeper.isFull())
    })
    keeper.keep()
    t.notOk(keeper.isFull())
  })

  t.test(
    'stays where it is while the disk takes no more, and is put into the file when it does again',
    { skip: !hasFileLimits() && 'no prlimit here' },
    async (t) => {
      const { path, db, keeper } = await kept(t)
      fill(db, 20)
      limitFiles(process.pid, MB)
      try {
        keeper.keep()
      } finally {
        limitFiles(process.pid, 'unlimited')
      }
      t.ok(statSync(path).size <= MB)
      keeper.keep()
      t.ok(statSync(path).size > 20 * MB)
      t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
    },
  )
})
