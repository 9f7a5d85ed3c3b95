import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { JobStopped } from '../../src/migration/run.js'
import { migrateWith, runHere } from './migrated.js'
import { schemaOf, v1Contents, v1File } from './v1-file.js'

/** A whole chain: type, milestone, task, template, assignment, instance; `damage` is SQL, and so is what mends it. */
interface Misfit {
  title: string
  issue: { code: string; table: string; column: string }
  damage: string
  mend: string
}

const misfit = (code: string, table: string, column: string, bad: string, good: string): Misfit => ({
  title: `${table}.${column} = ${bad}`,
  issue: { code, table, column },
  damage: `UPDATE ${table} SET ${column} = ${bad}`,
  mend: `UPDATE ${table} SET ${column} = ${good}`,
})

const orphan = (table: string, column: string, parent: string) =>
  misfit('orphan', table, column, `'nobody'`, `(SELECT min(id) FROM ${parent})`)

const instances = 'supplier_task_instances'
const templates = 'project_milestone_tasks'

const misfits: readonly Misfit[] = [
  misfit('invalid-status', instances, 'status', `'almost done'`, `'in_progress'`),
  misfit('invalid-status', instances, 'status', `''`, `'in_progress'`),
  misfit('bad-date', instances, 'dueDate', `'soon'`, '1780000000000'),
  misfit('bad-date', instances, 'dueDate', `'2026-02-30 10:00:00'`, '1780000000000'),
  misfit('bad-date', instances, 'dueDate', `'2026-03-01'`, '1780000000000'),
  misfit('bad-date', instances, 'dueDate', `'2026-03-01T10:00:00'`, '1780000000000'),
  misfit('bad-date', instances, 'dueDate', '1780000000', '1780000000000'),
  misfit('bad-date', instances, 'dueDate', '4133980800000', '1780000000000'),
  misfit('bad-date', instances, 'dueDate', '1780000000000.5', '1780000000000'),
  misfit('bad-date', instances, 'actualDueDate', `'tomorrow'`, 'NULL'),
  misfit('bad-date', instances, 'completedAt', `'1989-12-31T23:59:59Z'`, 'NULL'),
  misfit('bad-date', templates, 'dueDate', `x'00'`, '1780000000000'),
  misfit('bad-date', 'tasks', 'createdAt', `''`, '1780000000000'),
  misfit('bad-date', 'milestones', 'updatedAt', `'never'`, '1780000000000'),
  misfit('odd-boolean', instances, 'isApplied', '2', '1'),
  misfit('odd-boolean', templates, 'isActive', `'yes'`, '1'),
  misfit('odd-boolean', 'tasks', 'isRequired', `''`, '1'),
  misfit('wrong-type', 'tasks', 'name', `x'6162'`, `'Report'`),
  misfit('wrong-type', 'tasks', 'sequence', '1.5', '1'),
  misfit('wrong-type', 'milestones', 'sequence', `'first'`, '1'),
  misfit('wrong-type', instances, 'notes', `x'6162'`, 'NULL'),
  misfit('wrong-type', templates, 'notes', `x'6162'`, 'NULL'),
  orphan('milestones', 'taskTypeId', 'task_types'),
  orphan('tasks', 'milestoneId', 'milestones'),
  orphan(templates, 'projectId', 'projects'),
  orphan(instances, 'supplierProjectInstanceId', 'supplier_project_instances'),
]

/** v2's column names the parent in these. */
const renamed: readonly Misfit[] = [
  orphan(templates, 'milestoneId', 'milestones'),
  orphan(templates, 'taskId', 'tasks'),
  orphan(instances, 'projectMilestoneTaskId', templates),
]

async function chain(t: Test) {
  const file = await v1File(t)
  file.given.instance()
  return file
}

const stageOf = (handle: Handle) =>
  handle.prepare('SELECT stage, groups, inStep, checkedAt, cutoverAt FROM migration_state').get()

t.test('a migration of a file in which', async (t) => {
  for (const { title, issue, damage, mend } of [...misfits, ...renamed])
    t.test(`${title} is refused, leaves everything as it was, and succeeds once it is mended`, async (t) => {
      const { path, handle } = await chain(t)
      handle.exec(damage)
      const before = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
      const refused = await runHere(path, 'migrate')
      t.match(refused, { state: 'failed', error: { code: 'blocked' }, report: { status: 'failed' } })
      t.match(refused.report?.issues, [{ ...issue, severity: 'blocking', count: 1 }])
      t.equal(refused.report?.issues[0]?.samples.length, 1)
      const after = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
      t.strictSame(after, before)
      handle.exec(mend)
      const { state, error } = await runHere(path, 'migrate')
      t.equal(state, 'succeeded', error?.detail ?? '')
    })

  t.test('an assignment has no supplier is refused', async (t) => {
    const { path, handle } = await chain(t)
    handle.exec(`UPDATE supplier_project_instances SET supplierId = 'nobody'`)
    t.match(await runHere(path, 'migrate'), { state: 'failed', error: { code: 'blocked' } })
  })
})

t.test('a migration that finds out late', async (t) => {
  const damages: Record<string, string> = {
    'a row was damaged': `UPDATE v2_supplier_task_instances SET notes = 'damaged'`,
    'a row is missing': `DELETE FROM v2_supplier_task_instances`,
    'writes were missed for a guard row': `INSERT INTO sync_guard VALUES ('leak');
      UPDATE supplier_task_instances SET notes = 'missed'`,
    'a trigger has gone': `DROP TRIGGER up_tasks_update`,
    'a row does not fit any more': `UPDATE supplier_task_instances SET status = 'lost'`,
  }
  for (const [title, damage] of Object.entries(damages))
    t.test(`that ${title} fails and removes v2 wholly`, async (t) => {
      const { path, handle } = await chain(t)
      const before = { schema: schemaOf(handle), state: stageOf(handle) }
      const kinds = migrateWith('backfill', () => {
        // The guard keeps the sync quiet: this is damage, not a write.
        const isGuarded = damage.includes('v2_')
        if (isGuarded) handle.exec(`INSERT INTO sync_guard VALUES ('test')`)
        handle.exec(damage)
        if (isGuarded) handle.exec('DELETE FROM sync_guard')
      })
      const { state, error, report } = await runHere(path, 'migrate', {}, { kinds })
      t.match({ state, error }, { state: 'failed', error: { code: 'checks-failed' } })
      t.equal(report?.status, 'failed')
      t.strictSame({ schema: schemaOf(handle), state: stageOf(handle) }, before)
    })

  const lone: [string, (file: Awaited<ReturnType<typeof chain>>) => string, string][] = [
    ['milestones', ({ given }) => given.milestone(), `sequence = 'first'`],
    ['tasks', ({ given }) => given.task(), 'sequence = 1.5'],
    ['project_milestone_tasks', ({ given }) => given.template(), `isActive = 'yes'`],
    ['supplier_task_instances', ({ given }) => given.instance(), `status = 'lost'`],
  ]
  for (const [table, add, damage] of lone)
    t.test(
      `that a row of ${table} stopped fitting before the triggers stood fails, and names it`,
      async (t) => {
        const file = await chain(t)
        const id = add(file)
        const kinds = migrateWith('assess', () =>
          file.handle.exec(`UPDATE ${table} SET ${damage} WHERE id = '${id}'`),
        )
        const { state, error, report } = await runHere(file.path, 'migrate', {}, { kinds })
        t.match({ state, error }, { state: 'failed', error: { code: 'checks-failed' } })
        const samples = report?.checks
          .filter(({ status }) => status === 'failed')
          .flatMap((one) => one.samples)
        t.ok(samples?.some((sample) => (sample as { id?: string }).id === id))
      },
    )

  t.test('because something throws fails with what was thrown, and v1 is as it was', async (t) => {
    const { path, handle } = await chain(t)
    const before = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
    const kinds = migrateWith('backfill', () => {
      throw new RangeError('out of the blue')
    })
    const { state, error } = await runHere(path, 'migrate', {}, { kinds })
    t.match({ state, error }, { state: 'failed', error: { code: 'internal', detail: /out of the blue/ } })
    const after = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
    t.strictSame(after, before)
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  })

  t.test('leaves the groups of the API as they were set', async (t) => {
    const { path, handle } = await chain(t)
    const groups = JSON.stringify({ dashboard: 'v2', taskRead: 'v1', taskWrite: 'v1', taskCreate: 'v1' })
    handle.prepare('UPDATE migration_state SET groups = ?').run(groups)
    const kinds = migrateWith('backfill', () => {
      throw new Error('no')
    })
    await runHere(path, 'migrate', {}, { kinds })
    t.match(stageOf(handle), { groups })
  })
})

t.test('a migration that goes on after a crash', async (t) => {
  t.test('and is refused then takes back what it had made before', async (t) => {
    const { path, handle } = await chain(t)
    const before = { schema: schemaOf(handle), state: stageOf(handle) }
    const crashed = migrateWith('expand', () => {
      throw new JobStopped('interrupted')
    })
    const { id, state } = await runHere(path, 'migrate', {}, { kinds: crashed })
    t.equal(state, 'interrupted')
    handle.exec(`UPDATE supplier_task_instances SET status = 'lost'`)
    t.match(await runHere(path, 'migrate', {}, { jobId: id }), {
      state: 'failed',
      error: { code: 'blocked' },
    })
    t.strictSame({ schema: schemaOf(handle), state: stageOf(handle) }, before)
  })
})

t.test('an assessment', async (t) => {
  t.test('changes nothing, and names every class of rows that do not fit', async (t) => {
    const { path, handle } = await chain(t)
    handle.exec(`UPDATE supplier_task_instances SET status = 'lost'; UPDATE tasks SET sequence = 1.5`)
    const before = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
    const { state, report } = await runHere(path, 'assess')
    t.equal(state, 'failed')
    t.strictSame(
      report?.issues.map(({ code }) => code),
      ['wrong-type', 'invalid-status'],
    )
    const after = { v1: v1Contents(handle), schema: schemaOf(handle), state: stageOf(handle) }
    t.strictSame(after, before)
  })
})
