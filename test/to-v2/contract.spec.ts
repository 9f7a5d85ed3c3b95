import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { defaultSettings } from '../../src/migration/settings.js'
import { requireForeignKeysOff } from '../../src/migration/own-connection.js'
import { requireAllPassed } from '../../src/migration/table-checks.js'
import { ofRoom } from '../../src/v1/to-v2/contract-reasons.js'
import { v1OnlyTables } from '../../src/v1/to-v2/v1-only-tables.js'
import { post, read, served, v1Path } from '../admin/served.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'
import { schemaOf, v2Contents } from './v1-file.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'

const DAY_MS = 86_400_000
const confirm = { confirm: 'drop-v1', quietDays: 7 }

interface Refusal {
  code: string
  reasons: { code: string; detail: string; clients?: unknown[] }[]
}

const later = (path: string) => ({ ...defaultSettings(path), clockOffsetMs: 31 * DAY_MS })

/** A file whose last cutover was 31 days ago by the clock of `later`, and validated then. */
async function readyFile(t: Test, sql = '') {
  const path = await adoptedFile(t, 50)
  if (sql !== '') byConsole(path, sql)
  await runHere(path, 'migrate', sql === '' ? {} : { onInvalidRow: 'quarantine' })
  await runHere(path, 'cutover', { groups: allGroupsOn('v2'), acceptQuarantined: sql === '' ? 0 : 1 })
  await runHere(path, 'validate', {}, { settings: later(path) })
  await runHere(path, 'backup')
  return path
}

function byConsole(path: string, sql: string): void {
  const db = sqlConsole(path)
  db.exec(sql)
  db.close()
}

t.test('a contract', async (t) => {
  const ready = await readyFile(t)
  const run = (path: string, options: object = {}) =>
    runHere(path, 'contract', { ...confirm, ...options }, { settings: later(path) })
  const copied = (t: Test) => {
    const path = copyOf(t, ready)
    return path
  }

  t.test('drops v1 and all that kept both in step, and keeps every byte of v2', async (t) => {
    const path = copied(t)
    await runHere(path, 'backup')
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    const before = v2Contents(db)
    const shared = ['suppliers', 'projects', 'task_types', 'supplier_project_instances']
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    const sharedBefore = shared.map(count)
    const { state, error, report } = await run(path)
    t.equal(state, 'succeeded', error?.detail ?? '')
    t.strictSame(v2Contents(db), before)
    t.same(shared.map(count), sharedBefore)
    const schema = schemaOf(db) as { type: string; name: string; sql: string | null }[]
    const names = schema.map(({ name }) => name)
    t.same(
      names.filter((name) => v1OnlyTables.includes(name) || /^(up|down|sync|held|lineage)_/.test(name)),
      [],
    )
    t.same(
      schema.filter(({ sql }) => /\b(milestones|project_milestone_tasks|sync_guard)\b/.test(sql ?? '')),
      [],
      'nothing that is left refers to what has gone',
    )
    t.notOk(names.includes('suppliers_updatedAt_idx'), 'an index that only v1 used')
    t.ok(names.includes('supplier_project_instances_projectId_idx'))
    t.same(db.pragma('foreign_key_check'), [])
    t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
    t.match(db.prepare('SELECT stage, groups FROM migration_state').get(), {
      stage: 'contracted',
      groups: JSON.stringify(allGroupsOn('v2')),
    })
    t.match(
      report?.checks.map(({ id, status }) => `${id} ${status}`),
      ['rows-kept passed', 'references-kept passed', 'tables-dropped passed', 'writes-held passed'],
    )
  })

  t.test('leaves a file that can be written to and is opened again as one of ours', async (t) => {
    const path = copied(t)
    await runHere(path, 'backup')
    t.equal((await run(path)).state, 'succeeded')
    byConsole(
      path,
      `PRAGMA foreign_keys = ON;
      UPDATE v2_supplier_task_instances SET notes = 'after it', owner = 'Ann';
      UPDATE supplier_project_instances SET updatedAt = updatedAt + 1;
      DELETE FROM suppliers WHERE id = (SELECT min(id) FROM suppliers)`,
    )
    const db = await openApplicationDatabase(path, allGroupsOn('v1'))
    await db.close()
    t.match(await runHere(path, 'backup'), { state: 'succeeded' })
  })

  t.test('that was killed after its end succeeds as it is', async (t) => {
    const path = copied(t)
    await runHere(path, 'backup')
    const { id } = await run(path)
    byConsole(
      path,
      `UPDATE migration_jobs SET state = 'interrupted', report = NULL, finishedAt = NULL WHERE id = '${id}'`,
    )
    t.match(await runHere(path, 'contract', confirm, { settings: later(path), jobId: id }), {
      state: 'succeeded',
    })
  })

  t.test('has rows in quarantine in its backup, as CSV and JSON', async (t) => {
    const path = await readyFile(t, `UPDATE supplier_task_instances SET status = 'lost' WHERE rowid = 1`)
    const refused = await run(path)
    t.match(refused, {
      state: 'failed',
      error: { code: 'contract-refused', detail: /"acceptQuarantined": 1/ },
    })
    const { id, state, error } = await run(path, { acceptQuarantined: 1 })
    t.equal(state, 'succeeded', error?.detail ?? '')
    const folder = join(dirname(path), 'backups', id, 'quarantine')
    t.match(readFileSync(join(folder, 'migration_quarantine.csv'), 'utf8'), /"invalid-status:status"/)
    t.match(JSON.parse(readFileSync(join(folder, 'migration_quarantine.json'), 'utf8')), [
      { source: 'supplier_task_instances', reason: 'invalid-status:status' },
    ])
  })

  const refused: Record<string, [string, RegExp]> = {
    'a group was moved back': [
      `UPDATE migration_state SET groups = json_set(groups, '$.taskCreate', 'v1')`,
      /v1 serves taskCreate/,
    ],
    'the retention is not over': [
      `UPDATE migration_state SET cutoverAt = cutoverAt + 2 * ${DAY_MS}`,
      /v1 is kept until/,
    ],
    'nothing was cut over': ['UPDATE migration_state SET cutoverAt = NULL', /begin with the full cutover/],
    'the validation is older than an hour': [
      'UPDATE migration_state SET checkedAt = checkedAt - 3700000',
      /older than an hour/,
    ],
    'the last validation failed': ['UPDATE migration_state SET inStep = 0', /did not pass/],
    'a trigger is missing': ['DROP TRIGGER up_tasks_update', /sync is not whole/],
    'a guard row was left behind': [`INSERT INTO sync_guard VALUES ('leak')`, /sync is not whole/],
    'somebody has called v1': [
      `INSERT INTO v1_usage VALUES (1, date('now', '+31 days'), 'GET /v1/tasks', 'api', 'planner/1.0', 3, 1)`,
      /called within 7 days by api \(planner\/1.0\)/,
    ],
    'a view of another program reads v1': [
      'CREATE VIEW report AS SELECT count(*) FROM milestones',
      /The view report refers to a table of v1/,
    ],
    'a trigger of another program, on a table that stays, writes to v1': [
      `CREATE TRIGGER own AFTER UPDATE ON suppliers BEGIN UPDATE "tasks" SET name = name; END`,
      /The trigger own refers/,
    ],
    'a table of another program refers to v1': [
      'CREATE TABLE own (id TEXT REFERENCES tasks(id))',
      /The table own refers/,
    ],
  }
  t.test('drops nothing when by then', async (t) => {
    const path = copied(t)
    await runHere(path, 'backup')
    for (const [title, [sql, detail]] of Object.entries(refused))
      t.test(title, async (t) => {
        const own = copyOf(t, path)
        byConsole(own, sql)
        const db = sqlConsole(own)
        t.teardown(() => db.close())
        const before = schemaOf(db)
        const { state, error } = await run(own)
        t.match({ state, error }, { state: 'failed', error: { code: 'contract-refused', detail } })
        t.strictSame(schemaOf(db), before)
      })
  })

  t.test('drops nothing when its backup cannot be restored', async (t) => {
    const path = copied(t)
    await runHere(path, 'backup')
    const { jobKinds } = await import('../../src/v1/to-v2/jobs.js')
    const kinds = jobKinds.map((kind) => ({
      ...kind,
      phases: (options: object) =>
        kind.phases({ ...options }).map((one) => ({
          ...one,
          run: async (job: Parameters<typeof one.run>[0]) => {
            await one.run(job)
            if (one.name === 'backup') rmSync(join(dirname(path), 'backups', job.job.id, 'schema.sql'))
          },
        })),
    }))
    const { id, state, error } = await runHere(path, 'contract', confirm, { settings: later(path), kinds })
    t.match(
      { state, error },
      { state: 'failed', error: { code: 'backup-damaged', detail: /schema.sql is missing/ } },
    )
    t.notOk(existsSync(join(dirname(path), 'backups', id)))
  })
})

t.test('what guards the drop', async (t) => {
  t.test('is an assertion that foreign keys are off', async (t) => {
    const db = new BetterSqlite3(':memory:')
    t.teardown(() => db.close())
    t.throws(() => requireForeignKeysOff(db), { message: /Foreign keys are on/ })
    db.pragma('foreign_keys = OFF')
    t.doesNotThrow(() => requireForeignKeysOff(db))
  })
  t.test('is room for the backup that comes first', async (t) => {
    t.match(ofRoom('/backups', 1_000, 999), [
      { code: 'disk', detail: /about 1000 bytes in .backups, of which 999/ },
    ])
    t.same(ofRoom('/backups', 1_000, 1_000), [])
  })
  t.test('is a comparison of what was there before with what is left', async (t) => {
    const check = { id: 'rows-kept', group: 'contract', title: 'Rows', expected: 2, actual: 1, samples: [] }
    t.throws(() => requireAllPassed([{ ...check, status: 'failed' }], 'Nothing was dropped.'), {
      message: /Nothing was dropped. Rows: 2 before, 1 after/,
    })
    t.doesNotThrow(() => requireAllPassed([{ ...check, status: 'passed' }], 'Nothing was dropped.'))
  })
})

t.test('POST /admin/migrations', async (t) => {
  let now = Date.now
  const app = await served(t, v1Path(t), {}, () => now())

  t.test('refuses a contract with every reason at once', async (t) => {
    await post(app, 'migrate', { backup: false })
    await read(app, '/v1/dashboard')
    await read(app, '/admin/v1-usage')
    const { status, body } = await post<Refusal>(app, 'contract', { confirm: 'drop-v1' })
    t.equal(status, 409)
    const { code, reasons } = body
    t.equal(code, 'contract-refused')
    t.same(
      reasons.map((reason) => reason.code),
      ['groups-on-v1', 'retention', 'v1-in-use', 'no-backup'],
    )
    t.match(reasons[2]?.clients, [{ client: 'anonymous', requests: 1 }])
  })
  t.test('wants it confirmed', async (t) => {
    for (const options of [{}, { confirm: 'yes' }])
      t.match(await post(app, 'contract', options), {
        status: 422,
        body: { errors: [{ path: '/options/confirm' }] },
      })
  })
  t.test('drops v1 31 days after the cutover; /v1 is gone without a restart, and /v2 goes on', async (t) => {
    await post(app, 'cutover', { groups: allGroupsOn('v2') })
    const before = (await read(app, '/v2/dashboard?asOf=2026-03-01')).body
    now = () => Date.now() + 31 * DAY_MS
    t.match((await post(app, 'backup')).body, { state: 'succeeded' })
    t.match(await post(app, 'contract', { confirm: 'drop-v1' }), {
      status: 409,
      body: { reasons: [{ code: 'validation-old' }] },
    })
    t.match((await post(app, 'validate')).body, { state: 'succeeded' })
    t.match((await post(app, 'contract', { confirm: 'drop-v1' })).body, { state: 'succeeded', error: null })

    const gone = await read(app, '/v1/dashboard')
    t.match(gone, { status: 410, body: { code: 'v1-gone', guide: '/docs' } })
    t.match(gone.headers.link, /<\/docs>; rel="help"/)
    t.same((await read(app, '/v2/dashboard?asOf=2026-03-01')).body, before)
    const instances = await read(app, '/v2/supplier-task-instances?limit=1')
    const [item] = instances.body.items as { id: string }[]
    const patch = await app.inject({
      method: 'PATCH',
      url: `/v2/supplier-task-instances/${item?.id ?? ''}`,
      payload: { notes: 'written after v1 went' },
    })
    t.equal(patch.statusCode, 200)
    t.match((await read(app, '/admin/status')).body, {
      stage: 'contracted',
      sync: { drift: [], waiting: [] },
      runningJob: null,
    })
    t.match((await read(app, '/admin/quarantine')).body, { items: [] })
    for (const job of ['migrate', 'validate', 'contract', 'rollback'])
      t.match(
        await post(app, job, { contract: { confirm: 'drop-v1' }, rollback: { level: 'schema' } }[job] ?? {}),
        { status: 409, body: { code: 'no-v1' } },
        job,
      )
    t.match((await post(app, 'backup')).body, { state: 'succeeded' })
  })
})
