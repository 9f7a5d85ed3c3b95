import t, { type Test } from 'tap'
import { openDatabase, openWorkerHandle, write } from '../../src/db/database.js'
import { lockedTransaction } from '../../src/db/worker-lock.js'
import { createTurns } from '../../src/migration/turns.js'
import { sqlConsole } from '../to-v2/migrated.js'
import { engine } from './engine.js'

/** A worker's handle on a file, with this process's writer and another program beside it. */
async function atTheLock(t: Test) {
  const { path } = await engine(t)
  const db = openDatabase<{ written: { n: number } }>(path)
  const worker = openWorkerHandle(path)
  const other = sqlConsole(path)
  t.teardown(async () => {
    worker.close()
    other.close()
    await db.close()
  })
  const turns = createTurns(worker, db.waiting)
  let gaveBackAt = 0
  const hold = (ms: number) => {
    const mayGoOn = turns.take((begun) =>
      lockedTransaction(worker, () => {
        begun()
        worker.exec('INSERT INTO written VALUES (1)')
        const until = performance.now() + ms
        while (performance.now() < until);
        return turns.mayGoOn(1_000)
      }),
    )
    gaveBackAt = performance.now()
    return mayGoOn
  }
  const left = async () => {
    const startedAt = performance.now()
    await turns.leave()
    return performance.now() - startedAt
  }
  return {
    db,
    turns,
    hold,
    left,
    /** How long the lock has been free, in milliseconds. */
    freeFor: () => performance.now() - gaveBackAt,
    ownWrite: () => write(db, (trx) => trx.insertInto('written').values({ n: 2 }).execute()),
    othersWrite: () => other.exec('INSERT INTO written VALUES (3)'),
  }
}

t.test('a turn at the lock', async (t) => {
  t.test('may go on while nobody else writes, up to its limit', async (t) => {
    const { turns, hold, left } = await atTheLock(t)
    t.ok(hold(5))
    t.ok((await left()) < 60)
    t.ok(hold(1))
    turns.take((begun) => {
      begun()
      t.notOk(turns.mayGoOn(0))
    })
  })

  t.test('is over at once when a write of this process waits', async (t) => {
    const { db, hold } = await atTheLock(t)
    await db.waiting.whileWaiting(async () => t.notOk(hold(1)))
    t.ok(hold(1))
  })

  t.test('is short while this process writes, and the gap as long as the turn', async (t) => {
    const { hold, left, ownWrite } = await atTheLock(t)
    await ownWrite()
    await left()
    t.ok(hold(60), 'one write is not much')
    await ownWrite()
    const gap = await left()
    t.ok(gap > 30, `${gap} ms`)
    t.notOk(hold(1))
    await new Promise((resolve) => setTimeout(resolve, 600))
    await left()
    t.ok(hold(1), 'and no longer when it has stopped')
  })

  t.test(
    'does not take a write of this process for another program’s that began before a gap and ends after it',
    async (t) => {
      const { db, hold, left } = await atTheLock(t)
      let commit: () => void = () => undefined
      const asked = new Promise<void>((resolve) => (commit = resolve))
      const written = write(db, async (trx) => {
        await trx.insertInto('written').values({ n: 4 }).execute()
        await asked
      })
      await left()
      commit()
      await written
      await left()
      t.ok(hold(60))
    },
  )

  t.test('stays short for long after a write of another program', async (t) => {
    const { hold, left, freeFor, othersWrite } = await atTheLock(t)
    hold(1)
    othersWrite()
    await left()
    for (let turn = 0; turn < 3; turn++) {
      t.notOk(hold(40))
      await left()
      const gap = freeFor()
      t.ok(gap > 30, `${gap} ms`)
    }
  })

  t.test('is followed once a second by a gap that lets everyone in who waits', async (t) => {
    const { hold, left } = await atTheLock(t)
    const startedAt = performance.now()
    const gaps: number[] = []
    while (performance.now() - startedAt < 1_500) {
      hold(20)
      gaps.push(await left())
    }
    t.equal(gaps.filter((gap) => gap > 105).length, 1, gaps.map(Math.round).join(', '))
  })

  t.test('lets a waiting write pass, without waiting for it for ever', async (t) => {
    const { db, hold, left } = await atTheLock(t)
    hold(1)
    await db.waiting.whileWaiting(async () => {
      const waited = await left()
      t.ok(waited > 45 && waited < 1_000, `${waited} ms`)
    })
  })
})
