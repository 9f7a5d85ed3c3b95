import t from 'tap'
import { read, served, v1Path } from '../admin/served.js'
import { post } from '../admin/served.js'
import { sqlConsole } from './migrated.js'

interface Sync {
  inStep: boolean | null
  drift: string[]
  waiting: object[]
  lastAlarm: { what: string } | null
}

t.test('the status of the sync', async (t) => {
  const path = v1Path(t)
  const app = await served(t, path)
  const sync = async () => (await read(app, '/admin/status')).body.sync as Sync
  const until = async (isSo: (now: Sync) => boolean) => {
    for (let tries = 0; tries < 200; tries++) {
      const now = await sync()
      if (isSo(now)) return now
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`the status stays ${JSON.stringify(await sync())}`)
  }

  t.test('is empty before v2 is there, and in step once it is', async (t) => {
    t.strictSame(await sync(), { inStep: null, checkedAt: null, drift: [], waiting: [], lastAlarm: null })
    t.equal((await post(app, 'migrate')).status, 200)
    t.match(await sync(), { inStep: true, drift: [], waiting: [], lastAlarm: null })
  })

  t.test('shows rows that v2 cannot hold', async (t) => {
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    const wrong = `UPDATE supplier_task_instances SET dueDate = 'soon' WHERE id = (SELECT min(id) FROM supplier_task_instances)`
    db.exec(wrong)
    t.strictSame((await sync()).waiting, [{ table: 'instances', reason: 'bad-date:dueDate', rows: 1 }])
    db.exec(wrong.replace(`'soon'`, '1780000000000'))
    t.strictSame((await sync()).waiting, [])
  })

  t.test('tells of a guard row that another program left, and takes it away', async (t) => {
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    db.exec(`INSERT INTO sync_guard VALUES ('up')`)
    t.match(await until(({ inStep }) => inStep === false), { lastAlarm: { what: /guard row/ } })
    t.equal(db.prepare('SELECT count(*) FROM sync_guard').pluck().get(), 0)
    t.equal((await post(app, 'repair')).status, 200)
    t.match(await sync(), { inStep: true })
  })

  t.test('tells of a trigger that another program dropped', async (t) => {
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    db.exec('DROP TRIGGER up_tasks_insert')
    t.match(await until(({ inStep }) => inStep === false), {
      drift: [/up_tasks_insert/],
      lastAlarm: { what: /up_tasks_insert/ },
    })
    t.equal((await post(app, 'repair')).status, 200)
    t.match(await sync(), { inStep: true, drift: [] })
  })
})

t.test('a sync that was broken while no server ran is found at the next start', async (t) => {
  const path = v1Path(t)
  const first = await served(t, path)
  t.equal((await post(first, 'migrate')).status, 200)
  await first.close()
  const db = sqlConsole(path)
  db.exec('DROP TRIGGER down_v2_tasks_delete')
  db.close()
  const { body } = await read(await served(t, path), '/admin/status')
  t.match(body.sync, { inStep: false, drift: [/down_v2_tasks_delete/] })
})
