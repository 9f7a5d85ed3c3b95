import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { post, served, type JobBody } from '../admin/served.js'
import { runHere } from './migrated.js'
import { v1File } from './v1-file.js'

interface Reported extends JobBody {
  report: { checks: { id: string }[] }
}

t.test('the validation looks for the submission files, in a worker and in this thread', async (t) => {
  const { path, given } = await v1File(t)
  const id = given.instance({ submissionFiles: '[{"path":"uploads/a.pdf"}]' })
  const app = await served(t, path)
  t.equal((await post(app, 'migrate')).status, 200)
  await post(app, 'cutover', {
    groups: { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' },
  })
  const url = `/v2/supplier-task-instances/${id}/files/a.txt`
  t.equal((await app.inject({ method: 'PUT', url, payload: 'bytes' })).statusCode, 201)
  const check = async () => {
    const there = ((await post(app, 'validate')).body as Reported).report.checks
    const here = (await runHere(path, 'validate')).report?.checks ?? []
    const [one, other] = [there, here].map((checks) => checks.find((one) => one.id === 'submission-files'))
    t.same(one, other)
    return one
  }
  t.match(await check(), { status: 'passed', actual: { filesFound: 1, filesMissing: 0 } })
  rmSync(join(dirname(path), 'files'), { recursive: true })
  t.match(await check(), {
    status: 'failed',
    expected: { filesFound: 1, filesMissing: 0 },
    actual: { filesFound: 0, filesMissing: 1 },
    samples: [{ table: 'v2_supplier_task_instances', id, column: 'submissionFiles' }],
  })
})

t.test('a validation looks for what v1 refers to by a path, where the folder is named', async (t) => {
  const { path, given } = await v1File(t)
  const folder = dirname(path)
  const entries = [
    { path: 'uploads/there.pdf', size: 5 },
    { path: 'inside.pdf' },
    { path: 'uploads/gone.pdf', size: 5 },
    { path: 'uploads/short.pdf', size: 50 },
    { path: 'https://example.com/a.pdf' },
    { path: '/etc/hosts' },
    { path: '../outside.pdf' },
    { url: 'https://example.com/b.pdf' },
    'a.pdf',
    null,
  ]
  const id = given.instance({ submissionFiles: JSON.stringify(entries) })
  for (const name of ['uploads', 'files']) mkdirSync(join(folder, name))
  for (const name of ['uploads/there.pdf', 'files/inside.pdf', 'uploads/short.pdf'])
    writeFileSync(join(folder, name), 'bytes')
  const environment = { FILES_DIR: join(folder, 'files') }
  const app = await served(t, path, environment)
  const { report } = (await post(app, 'migrate')).body as Reported
  t.match(report, { status: 'passed-with-notes' })
  t.match(
    report.checks.filter(({ id }) => id.endsWith('-files')),
    [
      { id: 'submission-files', status: 'passed', actual: { filesFound: 0, filesMissing: 0 } },
      {
        id: 'referred-files',
        status: 'noted',
        expected: { filesFound: 4, filesMissing: 0 },
        actual: { filesFound: 2, filesMissing: 2 },
        samples: [
          { id, expected: '5 bytes at uploads/gone.pdf', actual: 'none' },
          { id, expected: '50 bytes at uploads/short.pdf', actual: '5' },
        ],
      },
    ],
  )
})
