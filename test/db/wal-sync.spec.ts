import BetterSqlite3 from 'better-sqlite3'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openDatabase, write } from '../../src/db/database.js'
import { served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'

/** A device that takes its time; what was in the WAL when it was told to sync is kept with each sync that has ended. */
const device = {
  ms: 30,
  error: undefined as Error | undefined,
  walPath: '',
  begun: 0,
  synced: [] as Buffer[],
}

const { fdatasync } = fs
const slowly = Object.assign(
  (fd: number, done: (error: NodeJS.ErrnoException | null) => void) => {
    device.begun++
    const held = fs.readFileSync(device.walPath)
    const isWal = fs.fstatSync(fd).ino === fs.statSync(device.walPath).ino
    setTimeout(() => {
      if (device.error !== undefined || !isWal) done(device.error ?? new Error('another file'))
      else
        fdatasync(fd, (error) => {
          device.synced.push(held)
          done(error)
        })
    }, device.ms)
  },
  { __promisify__: fdatasync.__promisify__ },
)

function putInPlace(one: typeof fs.fdatasync) {
  fs.fdatasync = one
  syncBuiltinESMExports()
}

/** Until the device is told to sync. */
async function deviceAtWork() {
  while (device.begun === 0) await new Promise((resolve) => setImmediate(resolve))
}

const watch = (path: string) =>
  Object.assign(device, { walPath: `${path}-wal`, begun: 0, synced: [], error: undefined })

function opened(t: Test) {
  const path = join(temporaryFolder(t), 'app.db')
  new BetterSqlite3(path).exec('CREATE TABLE items (name TEXT NOT NULL)').close()
  const db = openDatabase<{ items: { name: string } }>(path)
  t.teardown(() => db.close())
  watch(path)
  return {
    db,
    add: (name: string) => write(db, (trx) => trx.insertInto('items').values({ name }).execute()),
    names: async () => (await db.reader.selectFrom('items').select('name').execute()).map(({ name }) => name),
  }
}

const isOnDisk = (name: string) => device.synced.some((held) => held.includes(name))

t.test('a write', async (t) => {
  putInPlace(slowly)
  t.teardown(() => putInPlace(fdatasync))

  t.test('is acknowledged once its commit is on the disk, and others are served meanwhile', async (t) => {
    const { add, names } = opened(t)
    const adding = add('the only one')
    await deviceAtWork()
    t.strictSame(await Promise.race([adding, names()]), ['the only one'])
    t.notOk(isOnDisk('the only one'), 'committed, and the device is at work')
    await adding
    t.ok(isOnDisk('the only one'))
  })

  t.test('shares its sync with those that come while the device is at work', async (t) => {
    const { add } = opened(t)
    const writes = Array.from({ length: 40 }, async (_, n) => {
      // Some while a sync is under way, and some before it.
      await new Promise((resolve) => setTimeout(resolve, n * 2))
      await add(`row number ${n} `)
      return isOnDisk(`row number ${n} `)
    })
    t.ok((await Promise.all(writes)).every(Boolean), 'each was on the disk when it was acknowledged')
    t.ok(device.begun >= 2 && device.begun <= 20, `${device.begun} syncs of 40 writes`)
  })

  t.test('is not acknowledged where the device fails, and the next one asks it again', async (t) => {
    const { add } = opened(t)
    device.error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    await t.rejects(add('lost?'), { code: 'EIO' })
    device.error = undefined
    await add('kept')
    t.ok(isOnDisk('kept'))
  })

  t.test('that is sent again with its key is not answered before the first one could be', async (t) => {
    const path = join(temporaryFolder(t), 'new.db')
    putInPlace(fdatasync)
    const app = await served(t, path)
    putInPlace(slowly)
    watch(path)
    const send = async () => {
      const headers = { 'idempotency-key': 'once' }
      const payload = { name: 'Sent twice' }
      const { statusCode } = await app.inject({ method: 'POST', url: '/v2/suppliers', headers, payload })
      return { statusCode, isOnDisk: isOnDisk('Sent twice') }
    }
    const first = send()
    await deviceAtWork()
    t.strictSame(await Promise.all([first, send()]), Array(2).fill({ statusCode: 201, isOnDisk: true }))
  })
})
