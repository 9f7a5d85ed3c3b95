import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import t, { type Test } from 'tap'
import type { JobKind } from '../../src/migration/job.js'
import { hasCapture } from '../../src/migration/restore/capture.js'
import type { Run } from '../../src/migration/run.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { driftOfSync } from '../../src/v1/to-v2/sync/objects.js'
import { adoptedFile, runHere, sqlConsole } from './migrated.js'
import { backedUp, byConsole, cloneOf, dataOf } from './restored-file.js'

const driver = createRequire(import.meta.url).resolve('better-sqlite3')

/** As another program does that has the file. */
const byOtherProcess = (path: string, sql: string): void =>
  void execFileSync(process.execPath, [
    '-e',
    'const db = require(process.argv[1])(process.argv[2]); db.pragma("foreign_keys = ON"); db.exec(process.argv[3])',
    driver,
    path,
    sql,
  ])

/** A restore that calls `act` between the parts of its comparison, with the number of the part. */
const restoreWith = (act: (part: number) => void): JobKind[] =>
  jobKinds.map((kind) => ({
    ...kind,
    phases: (options) =>
      kind.phases(options).map((phase) => {
        let part = 0
        const watched = (run: Run): Run =>
          Object.assign(Object.create(run) as Run, {
            async rest() {
              if (hasCapture(run.db)) act(++part)
              await run.rest()
            },
          })
        return phase.name === 'restore' ? { ...phase, run: (run) => phase.run(watched(run)) } : phase
      }),
  }))

/** A validation notes that it has looked at what was written. */
function dataBut(path: string) {
  const data = dataOf(path)
  delete data.rows.touched_rows
  return data
}

const historyBySubject = (path: string, after: number) => {
  const db = sqlConsole(path)
  const found = db
    .prepare(
      'SELECT subject, count(*) AS changes FROM change_history WHERE id > ? GROUP BY subject ORDER BY subject',
    )
    .all(after)
  db.close()
  return found
}

const newestOf = (path: string) => {
  const db = sqlConsole(path)
  const id = db.prepare('SELECT coalesce(max(id), 0) FROM change_history').pluck().get() as number
  db.close()
  return id
}

/** Changes, deletes and adds, on both sides, other rows each time. */
const oneOfEach = (n: number) => `
  UPDATE supplier_task_instances SET notes = 'round ${n}', status = 'blocked' WHERE rowid = ${n + 1};
  UPDATE v2_supplier_task_instances SET owner = 'round ${n}' WHERE rowid = ${n + 2};
  DELETE FROM supplier_task_instances WHERE rowid = ${2 * n + 150};
  INSERT INTO suppliers (id, name, contactInfo, createdAt, updatedAt) VALUES ('s${n}', 'S${n}', '', 1, 1);
  UPDATE suppliers SET name = name || ' again' WHERE rowid = ${n};
  UPDATE keyless SET rowid = -rowid WHERE rowid = ${n};
  DELETE FROM keyless WHERE rowid = ${n + 200}; INSERT INTO keyless VALUES (${n}, 'new');
  UPDATE pairs SET b = b || '.' WHERE a = ${n}; INSERT INTO pairs VALUES (${n + 5000}, 'new');
  INSERT OR REPLACE INTO named (name, value) VALUES ('n${n}', 'replaced');`

const extra = `
  CREATE TABLE keyless (v, w COLLATE NOCASE);
  CREATE TABLE pairs (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
  CREATE TABLE named (name TEXT UNIQUE, value);
  WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 400)
    INSERT INTO keyless SELECT n, 'w' FROM n;
  INSERT INTO pairs SELECT v, 'b' FROM keyless; INSERT INTO named SELECT 'n' || v, v FROM keyless;
  DELETE FROM keyless WHERE v % 50 = 0`

t.test('what is written while a restore compares', async (t) => {
  const ready = await adoptedFile(t, 400)
  await runHere(ready, 'migrate', { backup: false })
  byConsole(ready, extra)
  const { id: backupId } = await runHere(ready, 'backup')
  const given = (t: Test) => cloneOf(t, ready, backupId)
  const restoreHere = (path: string, act: (part: number) => void, options: object = {}) =>
    runHere(path, 'restore', { backupId, ...options }, { kinds: restoreWith(act) })
  let parts = 0
  await restoreHere(given(t), (part) => (parts = part))
  t.ok(parts > 40, `there are ${parts} moments to write at`)

  t.test('is undone, and counted, whichever process has written it', async (t) => {
    const path = given(t)
    const before = newestOf(path)
    let undone: unknown[] = []
    const { state, report, error } = await restoreHere(path, (part) => {
      if (part < parts) byConsole(path, oneOfEach(part))
      else {
        byOtherProcess(path, oneOfEach(part))
        undone = historyBySubject(path, before)
      }
    })
    t.match({ state, error }, { state: 'succeeded', error: null })
    t.strictSame(dataBut(path), dataBut(backedUp(path, backupId)))
    t.ok(undone.length >= 1)
    t.strictSame(report?.restoration?.undone, undone)
    const of = (name: string) => report?.restoration?.tables.find(({ table }) => table === name)
    t.match(of('suppliers'), { deleted: parts, inserted: 0 })
    t.match(of('named'), { deleted: parts, inserted: parts }, 'it has no key but the place')
    t.match(of('supplier_task_instances'), { deleted: 0 })
    t.ok((of('supplier_task_instances')?.inserted ?? 0) > 30)
  })

  t.test('is undone also where it was the schema, or moved the rows', async (t) => {
    const path = given(t)
    const { state, error } = await restoreHere(path, (part) => {
      if (part === parts)
        byConsole(
          path,
          'VACUUM; CREATE INDEX later ON named (value); CREATE TABLE newer (x); ALTER TABLE pairs ADD c',
        )
    })
    t.match({ state, error }, { state: 'succeeded', error: null })
    t.strictSame(dataBut(path), dataBut(backedUp(path, backupId)))
  })

  t.test('is no drift of the sync', async (t) => {
    const path = given(t)
    const drifts: string[] = []
    await restoreHere(path, () => {
      const db = sqlConsole(path)
      drifts.push(...driftOfSync(db))
      db.close()
    })
    t.same(drifts, [])
  })

  t.test('stays where the restore fails, or is cancelled, and nothing else does', async (t) => {
    for (const end of ['failed', 'cancelled'] as const) {
      const path = given(t)
      const schema = dataOf(path).schema
      const { state } = await restoreHere(path, (part) => {
        if (part !== 10) return
        byConsole(path, oneOfEach(part))
        if (end === 'failed') throw new Error('the comparison fails')
        byConsole(path, `UPDATE migration_jobs SET requested = 'cancel' WHERE state = 'running'`)
      })
      t.equal(state, end)
      const { rows, ...left } = dataOf(path)
      t.strictSame(left.schema, schema)
      t.match(JSON.stringify(rows.pairs), Buffer.from('5010').toString('hex'), 'what was written')
    }
  })

  t.test('is undone by the run that goes on after one that ended in its midst', async (t) => {
    const path = given(t)
    let isStopping = false
    const { id, state } = await runHere(
      path,
      'restore',
      { backupId },
      { kinds: restoreWith((part) => (isStopping = part === 10)), stopping: () => isStopping },
    )
    t.equal(state, 'interrupted')
    const db = sqlConsole(path)
    t.ok(hasCapture(db), 'nobody has taken the triggers away')
    db.close()
    byConsole(path, oneOfEach(1))
    t.match(await runHere(path, 'restore', {}, { jobId: id }), { state: 'succeeded' })
    t.strictSame(dataBut(path), dataBut(backedUp(path, backupId)))
  })
})
