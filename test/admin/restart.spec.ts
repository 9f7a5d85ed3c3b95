import BetterSqlite3 from 'better-sqlite3'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { v1Path } from './served.js'

const server = fileURLToPath(new URL('../../src/server.js', import.meta.url))

/** The real server as a process of its own. */
async function start(t: Test, path: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [server], {
    env: { ...process.env, DATABASE_PATH: path, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/[\w.:-]+/.exec(line)?.[0]
    if (address !== undefined) {
      child.stdout.resume()
      return { child, address }
    }
  }
  throw new Error('the server did not start')
}

interface JobBody {
  id: string
  state: string
  phase: string
  progress: { rowsDone: number; rowsTotal: number }
  report: { summary: { rowsRead: number; rowsWritten: number; failed: number } } | null
}
const job = async (address: string, id: string) =>
  (await (await fetch(`${address}/admin/migrations/${id}`)).json()) as JobBody

t.test('a server that is killed in mid-backfill', { timeout: 180_000 }, async (t) => {
  const path = v1Path(t, 50_000)
  const first = await start(t, path)
  const started = await fetch(`${first.address}/admin/migrations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({ job: 'migrate', options: { backup: false, chunkMs: 1 } }),
  })
  const { id } = (await started.json()) as JobBody
  let before = await job(first.address, id)
  while (before.progress.rowsDone < 5_000 && before.state !== 'succeeded')
    before = await job(first.address, id)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')

  const db = new BetterSqlite3(path, { readonly: true })
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  const left = {
    rows: count('v2_supplier_task_instances'),
    state: db.prepare('SELECT state FROM migration_jobs').pluck().get(),
  }
  db.close()
  t.test('had begun and not ended', async (t) => {
    t.equal(left.state, 'running')
    t.ok(left.rows < 50_000, `${left.rows} rows were there`)
    t.ok(before.progress.rowsDone >= 5_000)
  })

  const second = await start(t, path)
  let after = await job(second.address, id)
  const until = Date.now() + 90_000
  while (!['succeeded', 'failed'].includes(after.state) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    after = await job(second.address, id)
  }

  t.test('goes on by itself once it is started again, to its end', async (t) => {
    t.match(after, { state: 'succeeded', report: { summary: { failed: 0 } } })
  })
  t.test('wrote every row once', async (t) => {
    const again = new BetterSqlite3(path, { readonly: true })
    const sum = (sql: string) => again.prepare(sql).pluck().get() as number
    const rows = (tables: readonly string[]) =>
      tables.reduce((total, table) => total + sum(`SELECT count(*) FROM ${table}`), 0)
    t.equal(rows(['v2_supplier_task_instances']), rows(['supplier_task_instances', 'task_instances_old']))
    t.equal(
      after.report?.summary.rowsWritten,
      rows([
        'v2_task_type_sections',
        'v2_tasks',
        'v2_project_task_types',
        'v2_project_task_templates',
        'v2_supplier_task_instances',
        // Those that only the legacy model had.
        'made_assignments',
      ]),
    )
    t.match(after.progress, { rowsDone: after.progress.rowsTotal })
    again.close()
  })
  t.test('ends in peace when it is told to', async (t) => {
    second.child.kill('SIGTERM')
    const [code] = (await once(second.child, 'exit')) as [number | null]
    t.equal(code, 0)
  })
})
