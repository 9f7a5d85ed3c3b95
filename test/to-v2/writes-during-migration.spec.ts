import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { JobKind, PhaseName } from '../../src/migration/job.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { adoptedFile, runHere, sqlConsole } from './migrated.js'
import { v1Contents, v1File } from './v1-file.js'

type Console = ReturnType<typeof sqlConsole>

/** What the old application does to rows that are copied already and to rows that are not yet. */
const writes: Record<string, (edge: 'min' | 'max') => string> = {
  'changes an instance': (edge) =>
    `UPDATE supplier_task_instances SET notes = 'meanwhile', status = 'blocked' WHERE id = (SELECT ${edge}(id) FROM supplier_task_instances)`,
  'deletes an instance': (edge) =>
    `DELETE FROM supplier_task_instances WHERE id = (SELECT ${edge}(id) FROM supplier_task_instances)`,
  'adds an instance': (edge) =>
    `INSERT INTO supplier_task_instances SELECT '${edge === 'min' ? 'a' : 'z'}' || id, 'cnew', projectMilestoneTaskId, status, dueDate, actualDueDate, isApplied, completedAt, 'meanwhile', submissionFiles, createdAt, updatedAt FROM supplier_task_instances LIMIT 1`,
  'moves a template': (edge) =>
    `UPDATE project_milestone_tasks SET dueDate = 1790000000000 WHERE id = (SELECT ${edge}(id) FROM project_milestone_tasks)`,
  'deletes a template with its instances': (edge) =>
    `DELETE FROM project_milestone_tasks WHERE id = (SELECT ${edge}(id) FROM project_milestone_tasks)`,
  'moves a task to another milestone': (edge) =>
    `UPDATE tasks SET milestoneId = (SELECT m.id FROM milestones m WHERE m.id <> tasks.milestoneId AND NOT EXISTS (
       SELECT 1 FROM tasks x WHERE x.milestoneId = m.id AND x.name = tasks.name) ORDER BY m.id LIMIT 1)
     WHERE id = (SELECT ${edge}(id) FROM tasks)`,
  'recodes a milestone': (edge) =>
    `UPDATE milestones SET code = 'P A-3' WHERE id = (SELECT ${edge}(id) FROM milestones)`,
  'deletes a milestone with all that hangs on it': (edge) =>
    `DELETE FROM milestones WHERE id = (SELECT ${edge}(id) FROM milestones)`,
}

function meanwhile(t: Test, path: string): Console {
  const db = sqlConsole(path)
  db.pragma('foreign_keys = ON')
  t.teardown(() => db.close())
  return db
}

t.test('a v1 write between two chunks of the backfill', async (t) => {
  for (const [title, sql] of Object.entries(writes))
    for (const edge of ['min', 'max'] as const)
      t.test(`that ${title} (${edge}) is in v2 afterwards`, async (t) => {
        const path = await adoptedFile(t, 600)
        const db = meanwhile(t, path)
        db.pragma('foreign_keys = OFF')
        db.exec(
          `INSERT INTO supplier_project_instances SELECT 'cnew', 'cnobody', projectId, status, assignedAt, createdAt, updatedAt FROM supplier_project_instances LIMIT 1`,
        )
        db.exec(
          `INSERT INTO suppliers (id, name, contactInfo, updatedAt) VALUES ('cnobody', 'New', '', 1780000000000)`,
        )
        db.pragma('foreign_keys = ON')
        let changed = 0
        let rests = 0
        const write = () => {
          // Once sections are there, and once in the midst of the instances.
          if ([3, 12].includes(++rests))
            changed += db
              .prepare(
                sql(edge)
                  .replace(`'${edge === 'min' ? 'a' : 'z'}' ||`, `'${edge === 'min' ? 'a' : 'z'}${rests}' ||`)
                  .replace('LIMIT 1', `LIMIT 1 OFFSET ${rests}`),
              )
              .run().changes
          return false
        }
        const { state, report, error } = await runHere(path, 'migrate', { chunkMs: 0.1 }, { stopping: write })
        const failed = report?.checks.filter(({ status }) => status === 'failed')
        t.equal(state, 'succeeded', error?.detail ?? '', { failed })
        t.ok(changed > 0, 'the write had an effect')
      })
})

/** `migrate`, with a v1 write after the phase. */
const writingAfter = (name: PhaseName, write: () => void): JobKind[] =>
  jobKinds.map((kind) => ({
    ...kind,
    phases: (options) =>
      kind.phases(options).map((phase) => ({
        ...phase,
        run: async (run) => {
          await phase.run(run)
          if (phase.name === name) write()
        },
      })),
  }))

t.test('a v1 write between two phases', async (t) => {
  for (const name of ['assess', 'expand', 'backfill', 'validate'] as const)
    t.test(`is in v2 when it came after ${name}`, async (t) => {
      const path = await adoptedFile(t, 60)
      const db = meanwhile(t, path)
      const write = () => void db.exec(writes['changes an instance']?.('max') ?? '')
      const { state } = await runHere(path, 'migrate', {}, { kinds: writingAfter(name, write) })
      t.equal(state, 'succeeded')
      const row = `SELECT notes, status FROM v2_supplier_task_instances WHERE id = (SELECT max(id) FROM supplier_task_instances)`
      t.match(db.prepare(row).get(), { notes: 'meanwhile', status: 'blocked' })
    })
})

/** Another program that holds the lock for two milliseconds, again and again with next to no pause. */
async function busyProgram(t: Test, path: string): Promise<void> {
  const script = `const db = new (require('better-sqlite3'))(process.argv[1], { timeout: 60000 });
    const update = db.prepare("UPDATE projects SET description = ? WHERE rowid = 1"); let n = 0;
    const write = db.transaction(() => {
      update.run(String(n++)); for (const since = performance.now(); performance.now() < since + 2;);
    }).immediate
    const again = () => { write(); setImmediate(again) }
    again(); console.log('begun')`
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  await once(child.stdout, 'data')
}

t.test('a program that writes without a pause', async (t) => {
  t.test('makes neither a migration nor a validation fail', async (t) => {
    const path = await adoptedFile(t, 600)
    await busyProgram(t, path)
    const migrated = await runHere(path, 'migrate')
    t.match(migrated, { state: 'succeeded', error: null })
    for (let round = 0; round < 3; round++)
      t.match(await runHere(path, 'validate'), { state: 'succeeded', error: null })
  })
})

t.test('v1', async (t) => {
  t.test('keeps what was written while a migration ran that failed', async (t) => {
    const path = await adoptedFile(t, 60)
    const db = meanwhile(t, path)
    const kinds = writingAfter('backfill', () => {
      db.exec(writes['changes an instance']?.('min') ?? '')
      throw new Error('no')
    })
    const before = v1Contents(db)
    t.equal((await runHere(path, 'migrate', {}, { kinds })).state, 'failed')
    const row = db.prepare('SELECT notes FROM supplier_task_instances ORDER BY id LIMIT 1')
    t.match(row.get(), { notes: 'meanwhile' })
    const { supplier_task_instances: _, ...others } = v1Contents(db)
    t.match(others, Object.fromEntries(Object.entries(before).filter(([table]) => table in others)))
  })
})

t.test('a section that gets another id between two chunks of its twins has them all', async (t) => {
  const file = await v1File(t)
  const milestones = [1, 2, 3].map(() => file.given.milestone())
  const templates = milestones.map((milestoneId) =>
    file.given.template({ taskId: file.given.task(), milestoneId }),
  )
  const db = meanwhile(t, file.path)
  let renamed = 0
  const rename = () => {
    const isBetween = db.prepare(`SELECT count(*) = 1 FROM v2_tasks WHERE id LIKE '%~%'`).pluck()
    if (
      renamed === 0 &&
      db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'v2_tasks'`).get() &&
      isBetween.get() === 1
    )
      renamed = db
        .prepare(
          `UPDATE v2_task_type_sections SET id = id || 'x' WHERE id IN (SELECT milestoneId FROM project_milestone_tasks)`,
        )
        .run().changes
    return false
  }
  const { state, error } = await runHere(file.path, 'migrate', { chunkMs: 0.01 }, { stopping: rename })
  t.equal(state, 'succeeded', error?.detail ?? '')
  t.equal(renamed, 3)
  for (const id of templates) t.match(file.row('v2_project_task_templates', id), { sectionId: /x$/ })
})
