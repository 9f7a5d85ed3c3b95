import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { v1Path } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { adoptedFile, sqlConsole } from '../to-v2/migrated.js'
import { run, startServer } from './processes.js'

const script = (name: string) => `scripts/${name}.js`

interface Job {
  id: string
  job: string
  state: string
  options: Record<string, unknown>
  report: { status: string }
}

t.test('each script of a job', async (t) => {
  const names = readdirSync('scripts').map((name) => name.replace(/\.ts$/, ''))
  t.test('names every option of its job', async (t) => {
    for (const name of ['assess', 'backup', 'migrate', 'validate', 'rollback', 'restore', 'contract']) {
      t.ok(names.includes(name), name)
      const { code, stdout } = await run(t, script(name), { args: ['--help'] })
      t.equal(code, 0)
      const kind = jobKinds.find((one) => one.name === name)
      for (const option of Object.keys(kind?.options.properties ?? {}).filter((one) => one !== 'confirm'))
        t.match(stdout, new RegExp(`--(no-)?${option.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`))
    }
  })
})

t.test('on a file without a server', async (t) => {
  const path = v1Path(t)
  const migrated = join(temporaryFolder(t), 'app.db')

  t.test('a migration runs to its end, under the name that the company’s plan has for it', async (t) => {
    const { code, stdout, stderr } = await run(t, script('migrate-milestone-to-section'), {
      args: [path, '--json', '--no-built-in-section-names', '--reason', 'CHG-7'],
    })
    t.equal(code, 0, stderr)
    const job = JSON.parse(stdout) as Job
    t.match(job, {
      job: 'migrate',
      state: 'succeeded',
      options: { builtInSectionNames: false, backup: true },
    })
    t.equal(readdirSync(join(dirname(path), 'backups')).length, 1)
    const db = sqlConsole(path)
    t.match(db.prepare(`SELECT actor, reason FROM audit_log WHERE action = 'job-started'`).get(), {
      actor: /./,
      reason: 'CHG-7',
    })
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
    copyFileSync(path, migrated)
  })
  t.test('so does a validation, which prints its report', async (t) => {
    const { code, stdout } = await run(t, script('validate-migration'), { args: [migrated] })
    t.equal(code, 0)
    t.match(stdout, /^validate succeeded .*\nResult: passed/)
  })
  t.test('a check that fails ends it with 1, and is named', async (t) => {
    const db = sqlConsole(migrated)
    db.exec('DROP TRIGGER up_tasks_update')
    db.close()
    const { code, stdout } = await run(t, script('validate'), { args: [migrated] })
    t.equal(code, 1)
    t.match(stdout, /^validate failed .*\nchecks-failed: /)
  })
  t.test('what is refused ends it with 1, and says why', async (t) => {
    const { code, stderr } = await run(t, script('contract'), { args: [path, '--yes', '--quiet-days', '0'] })
    t.equal(code, 1)
    t.match(stderr, /^v1 stays: v1 serves dashboard, .* The 30 days for which v1 is kept/)
  })
  t.test('what cannot be taken back wants a yes', async (t) => {
    for (const [name, args] of [
      ['contract', [path]],
      ['rollback', [path, '--level', 'schema']],
      ['restore', [path, '--backup-id', 'one']],
    ] as const) {
      const { code, stderr } = await run(t, script(name), { args })
      t.equal(code, 2)
      t.match(stderr, /Say --yes/)
    }
    const { code, stdout } = await run(t, script('rollback'), { args: [path, '--level', 'schema', '--yes'] })
    t.equal(code, 0)
    t.match(stdout, /^rollback succeeded .*\nBackup: /)
  })
  t.test('a restore is tried out, and then brings a table back', async (t) => {
    const backup = await run(t, script('backup'), { args: [path, '--json'] })
    const { id } = JSON.parse(backup.stdout) as Job
    const args = [path, '--backup-id', id, '--tables', '["suppliers"]']
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    const before = db.prepare('SELECT * FROM suppliers').all()
    db.exec(`UPDATE suppliers SET contactInfo = 'since'`)
    const tried = await run(t, script('restore'), { args: [...args, '--dry-run'] })
    t.match(tried, {
      code: 0,
      stdout: /^restore succeeded [^]*Restored\n {2}from the backup .*v1 becomes v1/,
    })
    t.notSame(db.prepare('SELECT * FROM suppliers').all(), before)
    const { code, stdout, stderr } = await run(t, script('restore'), { args: [...args, '--yes'] })
    t.match({ code, stdout }, { code: 0, stdout: /^restore succeeded .*\nBackup: / }, stderr)
    t.same(db.prepare('SELECT * FROM suppliers').all(), before)
  })
  t.test('wrong usage ends it with 2, and says what is wrong', async (t) => {
    const wrong: [string, string[], RegExp][] = [
      ['assess', [], /Name one FILE/],
      ['assess', ['none.db'], /There is no file none.db/],
      ['assess', [path, '--url', 'http://127.0.0.1:1'], /not both/],
      ['assess', ['--url', 'nowhere'], /--url is an address/],
      ['assess', [path, '--status-map', '{'], /--status-map is JSON/],
      ['migrate', [path, '--chunk-ms', 'fast'], /--chunk-ms is a number/],
      ['migrate', [path, '--chunk-ms', '0'], /chunkMs must be >= 1/],
      ['rollback', [path], /level/],
      ['restore', [path, '--yes'], /backupId/],
      ['restore', [path, '--yes', '--backup-id', 'none'], /no such backup/],
      ['backup', [path, '--dance'], /dance/],
    ]
    for (const [name, args, message] of wrong) {
      const { code, stderr } = await run(t, script(name), { args })
      t.match({ code, stderr }, { code: 2, stderr: message }, args.join(' '))
    }
  })
  t.test('a job that a server runs on it is left to the server', async (t) => {
    const held = await adoptedFile(t, 50)
    const db = sqlConsole(held)
    db.prepare('INSERT INTO migration_lease VALUES (1, ?, 1, ?)').run('a server', Date.now() + 60_000)
    db.close()
    const { code, stderr } = await run(t, script('assess'), { args: [held] })
    t.match({ code, stderr }, { code: 1, stderr: /runs a job on .*--url ADDRESS/ })
  })
})

t.test('by a server', async (t) => {
  const path = v1Path(t)
  const { address } = await startServer(t, { DATABASE_PATH: path, ADMIN_TOKEN: 'secret', LOG_LEVEL: 'info' })
  const at = (...args: string[]) => ({ args: ['--url', address, ...args], env: { ADMIN_TOKEN: 'secret' } })

  t.test('a job runs to its end', async (t) => {
    const { code, stdout, stderr } = await run(t, script('migrate'), at('--json', '--no-backup'))
    t.equal(code, 0, stderr)
    t.match(JSON.parse(stdout), { job: 'migrate', state: 'succeeded', options: { backup: false } })
  })
  t.test('what it refuses is told', async (t) => {
    t.match(await run(t, script('contract'), at('--yes')), { code: 1, stderr: /v1 stays/ })
    t.match(await run(t, script('migrate'), at('--chunk-ms', '0')), { code: 2, stderr: /chunkMs/ })
    t.match(await run(t, script('backup'), at('--token', 'wrong')), { code: 1, stderr: /right token/ })
  })
  t.test('that is not there is told, too', async (t) => {
    t.match(await run(t, script('backup'), { args: ['--url', 'http://127.0.0.1:1'] }), {
      code: 1,
      stderr: /does not answer/,
    })
  })
})
