import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { runHere } from './migrated.js'
import { copiedFile, CREATED, v1File } from './v1-file.js'

type File = Awaited<ReturnType<typeof v1File>>

/** For each trigger that carries v1's writes, one write, and what shows in v2 that it fired. */
interface Firing {
  write: (file: File, ids: Record<string, string>) => void
  shows: (file: File, ids: Record<string, string>) => boolean
}

const exec = (sql: (ids: Record<string, string>) => string) => (file: File, ids: Record<string, string>) =>
  void file.handle.exec(sql(ids))
const count = (handle: Handle, from: string) =>
  handle.prepare(`SELECT count(*) FROM ${from}`).pluck().get() as number
const waiting = (handle: Handle) => count(handle, 'migration_quarantine WHERE resolution IS NULL')
const shows = (from: (ids: Record<string, string>) => string) => (file: File, ids: Record<string, string>) =>
  count(file.handle, from(ids)) === 1
const gone = (from: (ids: Record<string, string>) => string) => (file: File, ids: Record<string, string>) =>
  count(file.handle, from(ids)) === 0

const firings: Record<string, Firing> = {
  up_milestones_insert: {
    write: ({ given }, ids) => void (ids.made = given.milestone({ name: 'Added' })),
    shows: shows(({ made }) => `v2_task_type_sections WHERE id = '${String(made)}' AND name = 'Added'`),
  },
  up_milestones_update: {
    write: exec(({ milestone }) => `UPDATE milestones SET sequence = 77 WHERE id = '${String(milestone)}'`),
    shows: shows(
      ({ milestone }) => `v2_task_type_sections WHERE id = '${String(milestone)}' AND sequence = 77`,
    ),
  },
  up_milestones_delete: {
    write: exec(({ milestone }) => `DELETE FROM milestones WHERE id = '${String(milestone)}'`),
    shows: gone(({ milestone }) => `v2_task_type_sections WHERE id = '${String(milestone)}'`),
  },
  up_task_types_insert: {
    // A task type may arrive after its milestones, where a console has foreign keys off.
    write: ({ handle, given }) => {
      given.milestone({ id: 'cearly', taskTypeId: 'clate', code: 'PA2' })
      handle.exec(
        `INSERT INTO task_types (id, name, category, updatedAt) VALUES ('clate', 'Late', 'G', ${CREATED})`,
      )
    },
    shows: shows(() => `v2_task_type_sections WHERE id = 'cearly' AND name = 'First Article'`),
  },
  up_task_types_update: {
    write: exec(({ type }) => `UPDATE task_types SET category = 'Special' WHERE id = '${String(type)}'`),
    shows: shows(
      ({ milestone }) => `v2_task_type_sections WHERE id = '${String(milestone)}' AND name = 'By category'`,
    ),
  },
  up_tasks_insert: {
    write: ({ given }, ids) =>
      void (ids.made = given.task({ milestoneId: ids.milestone ?? '', name: 'Added' })),
    shows: shows(({ made }) => `v2_tasks WHERE id = '${String(made)}' AND name = 'Added'`),
  },
  up_tasks_update: {
    write: exec(({ task }) => `UPDATE tasks SET name = 'Renamed' WHERE id = '${String(task)}'`),
    shows: shows(({ task }) => `v2_tasks WHERE id = '${String(task)}' AND name = 'Renamed'`),
  },
  up_tasks_delete: {
    write: exec(({ task }) => `DELETE FROM tasks WHERE id = '${String(task)}'`),
    shows: gone(({ task }) => `v2_tasks WHERE id = '${String(task)}'`),
  },
  up_project_milestone_tasks_insert: {
    write: ({ given }, ids) => void (ids.made = given.template({ taskId: ids.task ?? '', notes: 'Added' })),
    shows: shows(({ made }) => `v2_project_task_templates WHERE id = '${String(made)}' AND notes = 'Added'`),
  },
  up_project_milestone_tasks_update: {
    write: exec(
      ({ template }) => `UPDATE project_milestone_tasks SET isActive = 0 WHERE id = '${String(template)}'`,
    ),
    shows: shows(
      ({ template }) => `v2_project_task_templates WHERE id = '${String(template)}' AND isActive = 0`,
    ),
  },
  up_project_milestone_tasks_delete: {
    write: exec(({ template }) => `DELETE FROM project_milestone_tasks WHERE id = '${String(template)}'`),
    shows: gone(({ template }) => `v2_project_task_templates WHERE id = '${String(template)}'`),
  },
  up_supplier_task_instances_insert: {
    write: ({ given }, ids) =>
      void (ids.made = given.instance({ projectMilestoneTaskId: ids.template ?? '', notes: 'Added' })),
    shows: shows(({ made }) => `v2_supplier_task_instances WHERE id = '${String(made)}' AND notes = 'Added'`),
  },
  up_supplier_task_instances_update: {
    write: exec(
      ({ instance }) =>
        `UPDATE supplier_task_instances SET status = 'blocked' WHERE id = '${String(instance)}'`,
    ),
    shows: shows(
      ({ instance }) => `v2_supplier_task_instances WHERE id = '${String(instance)}' AND status = 'blocked'`,
    ),
  },
  up_supplier_task_instances_delete: {
    write: exec(({ instance }) => `DELETE FROM supplier_task_instances WHERE id = '${String(instance)}'`),
    shows: gone(({ instance }) => `v2_supplier_task_instances WHERE id = '${String(instance)}'`),
  },
}

/** Its work is done by cascades and the other triggers before it: nothing shows that it fires. */
const silent = ['up_task_types_delete']

/** A chain of rows, migrated, with a rule that names sections by the category of their task type. */
async function migratedFile() {
  const file = await v1File(t)
  const type = file.given.taskType()
  const milestone = file.given.milestone({ taskTypeId: type, code: 'Q7' })
  const task = file.given.task({ milestoneId: milestone })
  const template = file.given.template({ taskId: task })
  const instance = file.given.instance({ projectMilestoneTaskId: template })
  const sectionNames = [{ category: 'Special', code: 'Q7', name: 'By category' }]
  t.equal((await runHere(file.path, 'migrate', { sectionNames })).state, 'succeeded')
  return { path: file.path, ids: { type, milestone, task, template, instance } }
}

const chain = await migratedFile()

/** A copy of it, and the ids of its rows. */
const migratedChain = (t: Test): { file: File; ids: Record<string, string> } => ({
  file: copiedFile(t, chain.path),
  ids: { ...chain.ids },
})

t.test('every trigger on v1’s active tables', async (t) => {
  for (const [name, { write, shows: isShown }] of Object.entries(firings))
    t.test(`fires: ${name}`, async (t) => {
      const { file, ids } = migratedChain(t)
      file.handle.pragma('foreign_keys = OFF')
      write(file, ids)
      t.ok(isShown(file, ids), 'v2 shows the write')
      t.equal(count(file.handle, 'sync_guard'), 0)
      const without = migratedChain(t)
      without.file.handle.exec(`DROP TRIGGER ${name}`)
      write(without.file, without.ids)
      t.notOk(isShown(without.file, without.ids), 'by this trigger and no other')
    })

  t.test('is in this list', async (t) => {
    const { file } = migratedChain(t)
    const tables = [...new Set(Object.keys(firings).map((name) => name.replace(/^up_(.*)_\w+$/, '$1')))]
    const stored = file.handle
      .prepare(
        `SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'up_*'
         AND tbl_name IN (${tables.map((table) => `'${table}'`).join()}) ORDER BY name`,
      )
      .pluck()
      .all()
    t.strictSame(stored, [...Object.keys(firings), ...silent].sort())
  })
})

t.test('a v1 write that does not fit into v2', async (t) => {
  t.test('succeeds, is on record, and is taken off the record once it is mended', async (t) => {
    const { file, ids } = migratedChain(t)
    const instance = String(ids.instance)
    file.handle.exec(`UPDATE supplier_task_instances SET status = 'lost' WHERE id = '${instance}'`)
    t.match(file.row('supplier_task_instances', instance), { status: 'lost' })
    t.match(file.handle.prepare('SELECT mapping, rowId, reason FROM migration_quarantine').all(), [
      { mapping: 'instances', rowId: instance, reason: 'invalid-status:status' },
    ])
    t.match(
      (await runHere(file.path, 'validate')).report?.checks.find(({ id }) => id === 'quarantine-empty'),
      {
        status: 'noted',
        actual: 1,
      },
    )
    file.handle.exec(`UPDATE supplier_task_instances SET status = 'completed' WHERE id = '${instance}'`)
    t.equal(waiting(file.handle), 0)
    t.match(file.row('v2_supplier_task_instances', instance), { status: 'completed' })
    t.equal((await runHere(file.path, 'validate')).state, 'succeeded')
  })

  t.test('for lack of a parent succeeds, and is taken off the record once the parent is there', async (t) => {
    const { file, ids } = migratedChain(t)
    file.handle.pragma('foreign_keys = OFF')
    const milestoneId = String(ids.milestone)
    const template = file.given.template({ taskId: 'clater', milestoneId })
    const instance = file.given.instance({ projectMilestoneTaskId: template })
    t.equal(file.row('v2_supplier_task_instances', instance), undefined)
    file.given.task({ id: 'clater', milestoneId })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    t.match(file.row('v2_supplier_task_instances', instance), { projectTaskTemplateId: template })
  })

  t.test('is undone with its transaction, on both sides', async (t) => {
    const { file, ids } = migratedChain(t)
    file.handle.exec(`BEGIN; UPDATE tasks SET name = 'Never'; ROLLBACK`)
    t.not(file.row('v2_tasks', String(ids.task))?.name, 'Never')
    t.equal(count(file.handle, 'sync_guard'), 0)
  })
})

t.test('a v1 row whose id', async (t) => {
  t.test('has a ~ in it keeps its task when a template is filed beside it', async (t) => {
    const { file, ids } = migratedChain(t)
    const milestoneId = String(ids.milestone)
    const own = file.given.task({ id: 'by~hand', milestoneId })
    file.given.template({ taskId: file.given.task(), milestoneId })
    t.match(file.row('v2_tasks', own), { id: own })
  })
  t.test('is no text can be written all the same', async (t) => {
    const { file, ids } = migratedChain(t)
    t.doesNotThrow(() => file.given.task({ id: Buffer.from('blob'), milestoneId: String(ids.milestone) }))
  })
  t.test('is empty is not lost without a word', async (t) => {
    const file = await v1File(t)
    file.given.task({ id: '' })
    const { state } = await runHere(file.path, 'migrate')
    t.ok(state === 'failed' || file.row('v2_tasks', '') !== undefined)
  })
})
