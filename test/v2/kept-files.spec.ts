import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import { DAY_MS } from '../../src/kernel/due-date.js'
import { checkFiles } from '../../src/v2/submission-files/check-files.js'
import { safeFileName } from '../../src/v2/submission-files/file-name.js'
import { folderOf } from '../../src/v2/submission-files/file-record.js'
import { filesBeside } from '../../src/v2/submission-files/file-store.js'
import { sweepFiles } from '../../src/v2/submission-files/sweep-files.js'
import { build } from './build.js'

const HOUR_MS = 60 * 60 * 1000

/** Instances, each with a file `a` of its own. */
async function buildKept(t: Test, instances = 1) {
  const built = await build(t)
  const { db, app, given } = built
  const dir = filesBeside(db.path)
  const template = await given.template()
  const ids: string[] = []
  for (let n = 0; n < instances; n++) {
    const { id } = await given.instance(template)
    const url = `/v2/supplier-task-instances/${id}/files/a.txt`
    await app.inject({ method: 'PUT', url, payload: `bytes ${n}` })
    ids.push(id)
  }
  const filesIn = (root: string) =>
    existsSync(root)
      ? readdirSync(root, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      : []
  const kept = () => filesIn(dir).filter((path) => !path.startsWith('.'))
  const orphans = () => filesIn(join(dir, '.orphans'))
  const sweep = (afterMs: number) => sweepFiles(db.reader, { dir }, Date.now() + afterMs)
  const setFiles = (text: string | null, id = ids[0]) =>
    sql`update v2_supplier_task_instances set submissionFiles = ${text} where id = ${id}`.execute(db.writer)
  const filesOf = async (id = ids[0]) =>
    (
      await sql<{
        text: string
      }>`select submissionFiles as text from v2_supplier_task_instances where id = ${id}`.execute(db.reader)
    ).rows[0]?.text ?? ''
  return { ...built, dir, ids, kept, orphans, sweep, setFiles, filesOf }
}

t.test('a sweep', async (t) => {
  t.test('leaves what instances refer to, however old', async (t) => {
    const { sweep, kept } = await buildKept(t, 2)
    t.strictSame(await sweep(1000 * DAY_MS), { orphaned: 0, returned: 0, deleted: 0 })
    t.equal(kept().length, 2)
  })

  t.test('sets aside what nobody refers to, and deletes it a week later', async (t) => {
    const { sweep, kept, orphans, setFiles, api, ids } = await buildKept(t, 2)
    await setFiles('[]')
    await api.delete(`supplier-task-instances/${String(ids[1])}`)
    const before = kept()
    t.match(await sweep(HOUR_MS - 60_000), { orphaned: 0 }, 'not while an upload may be under way')
    t.strictSame(await sweep(2 * HOUR_MS), { orphaned: 2, returned: 0, deleted: 0 })
    t.strictSame([kept(), orphans().sort()], [[], before.sort()])
    t.strictSame(await sweep(7 * DAY_MS), { orphaned: 0, returned: 0, deleted: 0 })
    t.strictSame(await sweep(7 * DAY_MS + 3 * HOUR_MS), { orphaned: 0, returned: 0, deleted: 2 })
    t.strictSame(orphans(), [])
  })

  t.test('puts back what is referred to again', async (t) => {
    const { sweep, kept, orphans, setFiles, filesOf, app, ids } = await buildKept(t)
    const text = await filesOf()
    await setFiles(null)
    await sweep(2 * HOUR_MS)
    await setFiles(text)
    t.strictSame(await sweep(3 * HOUR_MS), { orphaned: 0, returned: 1, deleted: 0 })
    t.strictSame([kept().length, orphans()], [1, []])
    t.equal((await app.inject(`/v2/supplier-task-instances/${String(ids[0])}/files/a.txt`)).body, 'bytes 0')
  })

  t.test('touches nothing of an instance whose list cannot be read', async (t) => {
    const { sweep, setFiles, kept } = await buildKept(t)
    await setFiles('[{oops')
    t.match(await sweep(100 * DAY_MS), { orphaned: 0 })
    t.equal(kept().length, 1)
  })

  t.test('knows instances whose ids are no names of folders', async (t) => {
    const { db, app, dir, ids, sweep, kept } = await buildKept(t)
    rmSync(dir, { recursive: true })
    const odd = '../ÖDD id'
    await sql`update v2_supplier_task_instances set submissionFiles = null, id = ${odd} where id = ${ids[0]}`.execute(
      db.writer,
    )
    const url = `/v2/supplier-task-instances/${encodeURIComponent(odd)}/files/a`
    t.equal((await app.inject({ method: 'PUT', url, payload: 'x' })).statusCode, 201)
    t.strictSame(
      kept().map((path) => path.split('/')[0]),
      [folderOf(odd)],
    )
    t.match(await sweep(100 * DAY_MS), { orphaned: 0 })
    await sql`delete from v2_supplier_task_instances`.execute(db.writer)
    t.match(await sweep(100 * DAY_MS), { orphaned: 1 })
  })

  t.test('removes what was cut off, a day later', async (t) => {
    const { dir, sweep } = await buildKept(t)
    const cutOff = join(dir, '.incoming', 'x')
    mkdirSync(join(dir, '.incoming'), { recursive: true })
    writeFileSync(cutOff, 'half')
    t.match(await sweep(DAY_MS / 2), { deleted: 0 })
    utimesSync(cutOff, 0, 0)
    t.match(await sweep(0), { deleted: 1 })
    t.notOk(existsSync(cutOff))
  })

  t.test('has nothing to do where there is no folder', async (t) => {
    const { db } = await build(t)
    t.strictSame(await sweepFiles(db.reader, { dir: '/nowhere' }, 0), {
      orphaned: 0,
      returned: 0,
      deleted: 0,
    })
  })
})

t.test('the check of the files', async (t) => {
  const { db, dir, ids, kept, setFiles, filesOf } = await buildKept(t, 3)
  const handle = openReaderHandle(db.path)
  t.teardown(() => handle.close())
  const check = () => checkFiles(handle, dir, () => setImmediate())

  t.test('finds them all', async (t) => {
    t.strictSame(await check(), { filesFound: 3, filesMissing: 0, samples: [] })
  })

  t.test('names the instance whose file is missing, or has lost a part', async (t) => {
    const pathOf = (id = '') => join(dir, String(kept().find((path) => path.startsWith(id))))
    truncateSync(pathOf(ids[1]), 2)
    rmSync(pathOf(ids[0]))
    const { filesFound, filesMissing, samples } = await check()
    t.strictSame([filesFound, filesMissing], [1, 2])
    t.match(samples, [
      {
        table: 'v2_supplier_task_instances',
        id: ids[0],
        column: 'submissionFiles',
        expected: /^7 bytes/,
        actual: 'none',
      },
      { id: ids[1], actual: '2' },
    ])
  })

  t.test('looks for nothing that is kept elsewhere', async (t) => {
    const [record] = JSON.parse(await filesOf(ids[2])) as object[]
    await setFiles(JSON.stringify([{ ...record, path: 'uploads/x' }, 'https://x']), ids[2])
    t.match(await check(), { filesFound: 0, filesMissing: 2 })
  })
})

t.test('a safe file name', async (t) => {
  for (const [given, name] of [
    ['a.pdf', 'a.pdf'],
    ['/etc/passwd', 'passwd'],
    ['C:\\temp\\a b.pdf', 'a b.pdf'],
    ['a\u0000\u001f\u007f\u0085.pdf', 'a.pdf'],
    ['x\u202efdp.exe', 'xfdp.exe'],
    [' . ', undefined],
    ['..', undefined],
    ['a/', undefined],
    ['\n', undefined],
    ['e\u0301.txt', '\u00e9.txt'],
    ['\ud800.txt', '\ufffd.txt'],
    ['👩‍🔧.png', '👩‍🔧.png'],
    [`${'a'.repeat(300)}.pdf`, `${'a'.repeat(251)}.pdf`],
    [`${'ö'.repeat(200)}.pdf`, `${'ö'.repeat(125)}.pdf`],
    ['a'.repeat(300), 'a'.repeat(255)],
    [`a.${'b'.repeat(300)}`, `a.${'b'.repeat(253)}`],
  ] as const)
    t.test(`of ${JSON.stringify(given).slice(0, 30)}`, async (t) => {
      t.equal(safeFileName(given), name)
      if (name !== undefined) t.equal(safeFileName(name), name, 'is safe itself')
    })
})
