import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import type { Run } from '../../src/migration/run.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { adoptedFile, contentsOf, runHere, sqlConsole } from './migrated.js'
import { schemaOf, v1Contents, v2Contents } from './v1-file.js'

t.test('a migration', async (t) => {
  const path = await adoptedFile(t, 300, { responsibleParties: true })
  const db = sqlConsole(path)
  t.teardown(() => db.close())
  const untouched = v1Contents(db)
  const first = await runHere(path, 'migrate')

  t.test('leaves v1 byte for byte as it was', async (t) => {
    t.equal(first.state, 'succeeded')
    t.strictSame(v1Contents(db), untouched)
  })
  t.test('counts what it read and wrote', async (t) => {
    const rows = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
    const walked = [
      ...['milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances'],
      ...['task_templates_old', 'task_instances_old'],
    ]
    const inV2 = Object.values(v2Contents(db)).reduce((sum, { length }) => sum + length, 0)
    const written = inV2 + rows('made_assignments')
    t.match(first.report?.summary, {
      rowsRead: walked.reduce((sum, table) => sum + rows(table), 0),
      rowsWritten: written,
      rowsQuarantined: 0,
      failed: 0,
    })
    t.match(first.progress, { percent: 100, etaSeconds: null })
  })
  t.test('a second time writes nothing and changes nothing', async (t) => {
    const before = { v2: v2Contents(db), schema: schemaOf(db) }
    const { state, report } = await runHere(path, 'migrate')
    t.equal(state, 'succeeded')
    t.equal(report?.summary.rowsWritten, 0)
    t.strictSame({ v2: v2Contents(db), schema: schemaOf(db) }, before)
    t.strictSame(v1Contents(db), untouched)
  })
})

t.test('a dry run', async (t) => {
  const path = await adoptedFile(t, 60)
  const db = sqlConsole(path)
  t.teardown(() => db.close())
  const seen = () => ({
    v1: v1Contents(db),
    schema: schemaOf(db),
    state: contentsOf(db, 'migration_state'),
    cursors: contentsOf(db, 'migration_cursors'),
    files: readdirSync(dirname(path)).filter((file) => file.includes('scratch')),
  })
  const before = seen()

  t.test('does all of it and leaves the live file and its folder as they were', async (t) => {
    const { state, report } = await runHere(path, 'migrate', { dryRun: true })
    t.equal(state, 'succeeded')
    t.ok((report?.summary.rowsWritten ?? 0) > 60)
    t.ok((report?.checks.length ?? 0) > 10)
    t.strictSame(seen(), before)
  })
  t.test('that throws in its middle does too', async (t) => {
    const kinds = jobKinds.map((kind) => ({
      ...kind,
      phases: (options: object) =>
        kind.phases({ ...options }).map((phase) => ({
          ...phase,
          run: (run: Run) => (phase.name === 'backfill' ? Promise.reject(new Error('no')) : phase.run(run)),
        })),
    }))
    const { state } = await runHere(path, 'migrate', { dryRun: true }, { kinds })
    t.equal(state, 'failed')
    t.strictSame(seen(), before)
  })
  t.test('that is refused by the assessment does too', async (t) => {
    const copy = await adoptedFile(t, 60)
    const damaged = sqlConsole(copy)
    t.teardown(() => damaged.close())
    damaged.exec(`UPDATE supplier_task_instances SET status = 'lost'`)
    const v1 = v1Contents(damaged)
    t.match(await runHere(copy, 'migrate', { dryRun: true }), { state: 'failed', error: { code: 'blocked' } })
    t.strictSame(v1Contents(damaged), v1)
    t.strictSame(
      readdirSync(dirname(copy)).filter((file) => file.includes('scratch')),
      [],
    )
  })
})
