import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { Manifest } from '../../src/migration/backup/manifest.js'
import { hashTable } from '../../src/migration/backup/row-hash.js'
import { readTables } from '../../src/migration/backup/table-lines.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { temporaryFolder } from '../helper.js'
import { ended, post, read, served, v1Path } from './served.js'

t.test('GET /admin/backups', async (t) => {
  const dir = join(temporaryFolder(t), 'kept', 'here')
  const app = await served(t, v1Path(t), { BACKUP_DIR: dir })

  t.test('has nothing before the first one', async (t) => {
    t.match((await read(app, '/admin/backups')).body, { items: [], nextCursor: null })
  })
  t.test('lists them, newest first, page by page, each with a link to its job', async (t) => {
    const backup = await post(app, 'backup')
    t.match(backup.body, { state: 'succeeded', report: { backup: { id: backup.body.id } } })
    const migration = await post(app, 'migrate')
    const first = await read(app, '/admin/backups?limit=1')
    t.match(first.body, {
      items: [{ id: migration.body.id, problem: null, summary: { job: 'migrate', stage: 'v1' } }],
    })
    const next = await read(app, `/admin/backups?cursor=${String(first.body.nextCursor)}`)
    t.match(next.body, {
      items: [{ id: backup.body.id, links: { job: `/admin/migrations/${backup.body.id}` } }],
      nextCursor: null,
    })
    t.match(readdirSync(dir).sort(), [backup.body.id, migration.body.id].sort())
  })
  t.test('gives the manifest of one', async (t) => {
    const { id } = (await post(app, 'backup')).body
    const { status, body } = await read(app, `/admin/backups/${id}`)
    t.equal(status, 200)
    t.match(body, { id, stage: 'migrated', folder: id, createdAt: /Z$/ })
    const tables = body.tables as { table: string; rows: number }[]
    const rows = (name: string) => tables.find(({ table }) => table === name)?.rows ?? 0
    t.equal(rows('supplier_task_instances'), 60)
    t.equal(rows('v2_supplier_task_instances'), 60 + rows('task_instances_old'))
  })
  t.test('answers 404 for one that never was, 409 for one that is damaged', async (t) => {
    for (const id of ['nobody', '00000000-0000-7000-8000-000000000000', '..'])
      t.equal((await read(app, `/admin/backups/${encodeURIComponent(id)}`)).status, 404)
    const { id } = (await post(app, 'backup')).body
    rmSync(join(dir, id, 'manifest.json'))
    t.match(await read(app, `/admin/backups/${id}`), { status: 409, body: { code: 'backup-unusable' } })
    t.match((await read(app, '/admin/backups?limit=1')).body, {
      items: [{ id, summary: null, problem: /no such file/ }],
    })
  })
})

t.test('a backup that was made while clients write', async (t) => {
  const path = v1Path(t, 500)
  const app = await served(t, path)
  const { body } = await read(app, '/v1/supplier-task-instances?limit=20')
  const ids = (body.items as { id: string }[]).map(({ id }) => id)
  await post(app, 'migrate', { backup: false })
  const { body: job } = await post(app, 'backup', {}, 'respond-async')
  let writes = 0
  while ((await read(app, `/admin/migrations/${job.id}`)).body.finishedAt === null) {
    const url = `/v1/supplier-task-instances/${ids[writes % ids.length] ?? ''}`
    await app.inject({ method: 'PATCH', url, payload: { notes: `write ${++writes}` } })
  }

  t.test('is of one instant: put in the place of the file, it has every row of the manifest', async (t) => {
    t.match(await ended(app, job.id), { state: 'succeeded', error: null })
    t.ok(writes > 5, `${writes} writes meanwhile`)
    const restored = join(temporaryFolder(t), 'app.db')
    copyFileSync(join(dirname(path), 'backups', job.id, 'database.db'), restored)
    const db = await openApplicationDatabase(restored, allGroupsOn('v1'))
    await db.close()
    const { tables } = (await read(app, `/admin/backups/${job.id}`)).body as Pick<Manifest, 'tables'>
    const handle = openReaderHandle(restored)
    const found = []
    for (const table of readTables(handle)) {
      const { rows, rowHash } = await hashTable(handle, table, async () => undefined)
      found.push({ table: table.name, rows, rowHash })
    }
    handle.close()
    t.strictSame(
      found,
      tables.map(({ table, rows, rowHash }) => ({ table, rows, rowHash })),
    )
  })
  t.test('serves both versions in step, and does not go on with the job that made it', async (t) => {
    const restored = join(temporaryFolder(t), 'app.db')
    copyFileSync(join(dirname(path), 'backups', job.id, 'database.db'), restored)
    const other = await served(t, restored)
    t.match((await read(other, `/admin/migrations/${job.id}`)).body, {
      state: 'cancelled',
      error: { code: 'restored' },
    })
    t.match((await post(other, 'validate')).body, { state: 'succeeded', error: null })
  })
})

t.test('a migration', async (t) => {
  t.test('makes a backup after the assessment, unless it is told not to', async (t) => {
    const path = v1Path(t)
    const app = await served(t, path)
    const dir = path.replace(/app.db$/, 'backups')
    await post(app, 'migrate', { backup: false })
    t.notOk(existsSync(dir))
    const { body } = await post(app, 'migrate')
    t.same(readdirSync(dir), [body.id])
  })
  t.test('on a database that is v2 from birth can be backed up, too', async (t) => {
    const app = await served(t, `${temporaryFolder(t)}/new.db`)
    t.match((await post(app, 'backup')).body, { state: 'succeeded' })
  })
})

t.test('BACKUP_KEEP_LAST and BACKUP_KEEP_DAYS', async (t) => {
  for (const wrong of [{ BACKUP_KEEP_LAST: '0' }, { BACKUP_KEEP_DAYS: '-1' }, { BACKUP_KEEP_LAST: 'all' }])
    t.test(`cannot be ${JSON.stringify(wrong)}`, async (t) => {
      await t.rejects(served(t, v1Path(t), wrong), { message: new RegExp(Object.keys(wrong)[0] ?? '') })
    })
})
