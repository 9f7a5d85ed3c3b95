import t, { type Test } from 'tap'
import { mappingFor } from '../../src/v1/to-v2/v1-shape.js'
import { unaccounted } from './accounted.js'
import { DAY, legacyFile } from './legacy-file.js'
import { runHere } from './migrated.js'
import { dashboardDifferences, differences } from './two-way/equal.js'
import { CREATED, DUE } from './v1-file.js'

type File = Awaited<ReturnType<typeof legacyFile>>

async function migrated(t: Test, file: File): Promise<void> {
  const { state, error, report } = await runHere(file.path, 'migrate')
  const failed = report?.checks.filter(({ status }) => status === 'failed')
  t.equal(state, 'succeeded', JSON.stringify([error, failed]))
}

async function inStep(t: Test, { handle, path }: File): Promise<void> {
  t.strictSame(await differences(handle), [])
  t.strictSame(await dashboardDifferences(handle, path, DUE), [])
}

for (const suffix of ['_old', ''] as const)
  t.test(`the legacy model, in tables with the suffix "${suffix}"`, async (t) => {
    t.test('becomes a section, a task, a template and an instance', async (t) => {
      const file = await legacyFile(t, suffix)
      const taskTypeId = file.given.taskType({ name: 'Part Approval' })
      const [supplierId, projectId] = [file.given.supplier(), file.given.project()]
      const assignment = file.legacy.assignment({ supplierId, projectId })
      const template = file.legacy.template({ taskTypeId, projectId })
      const instance = file.legacy.instance({
        supplierProjectId: assignment,
        taskTemplateId: template,
        status: 'completed',
        completedAt: '2026-03-01 10:00:00',
        actualDue: DUE + DAY,
        notes: '=1+1',
      })
      file.handle.exec(`UPDATE ${file.names.templates} SET description = 'All parts'`)
      await migrated(t, file)
      t.match(file.inV2('section', `legacy~${taskTypeId}`), { taskTypeId, name: 'Legacy', code: null })
      t.match(file.inV2('task', `legacy~${taskTypeId}`), {
        taskTypeId,
        sectionId: `legacy~${taskTypeId}`,
        name: 'Part Approval',
      })
      t.match(file.inV2('template', template), {
        projectId,
        taskId: `legacy~${taskTypeId}`,
        sectionId: `legacy~${taskTypeId}`,
        dueDate: DUE,
        notes: 'All parts',
        isActive: 1,
        anchor: null,
      })
      t.match(file.row('supplier_project_instances', assignment), { supplierId, projectId, status: 'active' })
      t.match(file.inV2('instance', instance), {
        supplierProjectInstanceId: assignment,
        projectTaskTemplateId: template,
        status: 'completed',
        dueDate: DUE,
        actualDueDate: DUE + DAY,
        completedAt: Date.UTC(2026, 2, 1, 10),
        notes: '=1+1',
        isApplied: 1,
        createdAt: CREATED,
      })
      t.same(unaccounted(file.handle), [])
      await inStep(t, file)
    })

    t.test('follows every write to its tables', async (t) => {
      const file = await legacyFile(t, suffix)
      const { handle, names, inV2 } = file
      const { id, taskTemplateId, supplierProjectId } = file.work()
      await migrated(t, file)
      const update = (table: string, set: string) => handle.exec(`UPDATE ${table} SET ${set}`)
      update(names.instances, `status = 'In Progress', notes = 'begun', actualDue = '2026-07-01 00:00:00'`)
      t.match(inV2('instance', id), {
        status: 'in_progress',
        notes: 'begun',
        actualDueDate: Date.UTC(2026, 6, 1),
      })
      update(names.instances, `actualDue = ${DUE}`)
      t.match(inV2('instance', id), { actualDueDate: null }, 'what the template says is no override')
      update(names.templates, `canonicalDue = ${DUE + DAY}, description = 'later'`)
      t.match(inV2('template', taskTemplateId), { dueDate: DUE + DAY, notes: 'later' })
      t.match(inV2('instance', id), { dueDate: DUE, actualDueDate: DUE }, 'now it is one, and keeps its date')
      await inStep(t, file)
      const more = file.legacy.assignment({
        supplierId: file.given.supplier(),
        projectId: String(inV2('template', taskTemplateId)?.projectId),
      })
      const another = file.legacy.instance({ supplierProjectId: more, taskTemplateId })
      t.match(inV2('instance', another), {
        supplierProjectInstanceId: more,
        dueDate: DUE + DAY,
        isApplied: 1,
      })
      handle.exec(`DELETE FROM ${names.assignments} WHERE id = '${supplierProjectId}'`)
      t.notOk(inV2('instance', id))
      t.notOk(file.row('supplier_project_instances', supplierProjectId), 'what was made of it goes with it')
      handle.exec(`DELETE FROM ${names.templates}`)
      t.notOk(inV2('template', taskTemplateId))
      t.equal(handle.prepare('SELECT count(*) FROM v2_task_type_sections').pluck().get(), 0)
      await inStep(t, file)
    })

    t.test('gets what v2 writes, and the active model does not', async (t) => {
      const file = await legacyFile(t, suffix)
      const { handle, names, inV2 } = file
      const { id, taskTemplateId, taskTypeId } = file.work({ actualDue: '2026-07-01 00:00:00' })
      await migrated(t, file)
      const legacy = () => file.row(names.instances, id)
      handle.exec(
        `UPDATE v2_supplier_task_instances SET status = 'blocked', blockedReason = 'no gauge', notes = 'n', owner = 'o'`,
      )
      t.match(legacy(), { status: 'blocked', notes: 'n', actualDue: '2026-07-01 00:00:00' })
      handle.exec(
        `UPDATE v2_supplier_task_instances SET status = 'completed', completedAt = ${DUE}, actualDueDate = NULL`,
      )
      t.match(legacy(), { status: 'completed', completedAt: DUE, actualDue: null })
      handle.exec(`UPDATE v2_project_task_templates SET dueDate = ${DUE + DAY}, notes = 'moved'`)
      t.match(file.row(names.templates, taskTemplateId), { canonicalDue: DUE + DAY, description: 'moved' })
      t.match(inV2('instance', id), { dueDate: DUE, owner: 'o' }, 'a completed one keeps its date')
      handle.exec(`UPDATE v2_supplier_task_instances SET status = 'in_progress', completedAt = NULL`)
      t.match(inV2('instance', id), { dueDate: DUE + DAY }, 'and gets its template’s when it is open again')
      handle.exec(`UPDATE v2_supplier_task_instances SET actualDueDate = dueDate`)
      t.match(legacy(), { actualDue: DUE + DAY })
      t.match(inV2('instance', id), { actualDueDate: DUE + DAY }, 'v2 may agree on the planned date')
      handle.exec(`UPDATE v2_tasks SET name = 'Renamed'; UPDATE v2_task_type_sections SET name = 'Old times'`)
      await inStep(t, file)
      for (const table of ['milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances'])
        t.equal(handle.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), 0, `${table} is empty`)
      handle.exec(`DELETE FROM v2_tasks`)
      t.notOk(file.row(names.templates, taskTemplateId))
      t.notOk(legacy())
      t.ok(inV2('section', `legacy~${taskTypeId}`))
      await inStep(t, file)
    })

    t.test('gets templates, instances and assignments that are made in v2', async (t) => {
      const file = await legacyFile(t, suffix)
      const { handle, names, given } = file
      const { taskTypeId } = file.work()
      const [projectId, supplierId] = [given.project(), given.supplier()]
      await migrated(t, file)
      const assignment = given.assignment({ supplierId, projectId })
      handle.exec(`INSERT INTO v2_project_task_templates (id, projectId, taskId, dueDate, isActive, createdAt, updatedAt)
        VALUES ('new', '${projectId}', 'legacy~${taskTypeId}', ${DUE}, 1, 1, 1)`)
      handle.exec(`INSERT INTO v2_supplier_task_instances (id, supplierProjectInstanceId, projectTaskTemplateId, status, dueDate, isApplied, createdAt, updatedAt)
        VALUES ('newer', '${assignment}', 'new', 'not_started', ${DUE}, 1, ${CREATED}, ${CREATED})`)
      t.match(file.row(names.assignments, assignment), { supplierId, projectId })
      t.match(file.row(names.instances, 'newer'), { supplierProjectId: assignment, taskTemplateId: 'new' })
      handle.exec(
        `UPDATE v2_project_task_templates SET createdAt = ${CREATED}, updatedAt = ${CREATED} WHERE id = 'new'`,
      )
      t.match(file.row(names.templates, 'new'), { projectId, taskTypeId, canonicalDue: DUE })
      await inStep(t, file)
      handle.exec(`DELETE FROM supplier_project_instances WHERE id = '${assignment}'`)
      t.notOk(file.row(names.assignments, assignment), 'both are one assignment')
      await inStep(t, file)
    })
  })

t.test('a legacy template that is given a task of another place', async (t) => {
  const file = await legacyFile(t)
  const { handle, given, names, inV2 } = file
  const { taskTypeId, taskTemplateId } = file.work()
  const task = given.task({ milestoneId: given.milestone({ taskTypeId }) })
  await migrated(t, file)
  const give = (taskId: string) =>
    handle.exec(`UPDATE v2_project_task_templates SET taskId = '${taskId}' WHERE id = '${taskTemplateId}'`)
  const waiting = () =>
    handle.prepare('SELECT mapping, rowId, reason FROM migration_quarantine WHERE resolution IS NULL').all()

  t.test('has it, and is on record as what v1 cannot show', async (t) => {
    const before = file.row(names.templates, taskTemplateId)
    give(task)
    t.match(inV2('template', taskTemplateId), { taskId: task })
    t.same(file.row(names.templates, taskTemplateId), before)
    t.same(waiting(), [{ mapping: 'legacy_templates', rowId: taskTemplateId, reason: 'unmirrored' }])
  })

  t.test('is off the record when it is given back', async (t) => {
    give(`legacy~${taskTypeId}`)
    t.same(waiting(), [])
    await inStep(t, file)
  })
})

t.test('the project of a legacy template that gets another id takes its task types along', async (t) => {
  const { handle, path, given, legacy, work } = await legacyFile(t)
  const { projectId, taskTypeId } = work()
  const attached = given.taskType()
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  handle
    .prepare(`INSERT INTO v2_project_task_types VALUES ('a1', ?, ?, 1, ${CREATED}, ${CREATED})`)
    .run(projectId, attached)
  legacy.template({ projectId, taskTypeId: attached })
  const pairs = () =>
    handle.prepare('SELECT id, projectId, taskTypeId FROM v2_project_task_types ORDER BY id').all()
  const own = { id: `${projectId}~${taskTypeId}`, taskTypeId }
  t.same(pairs(), [
    { id: 'a1', taskTypeId: attached, projectId },
    { ...own, projectId },
  ])
  handle.prepare(`UPDATE projects SET id = 'other' WHERE id = ?`).run(projectId)
  t.same(pairs(), [
    { id: 'a1', taskTypeId: attached, projectId: 'other' },
    { ...own, projectId: 'other' },
  ])
  t.equal((await runHere(path, 'validate')).report?.summary.failed, 0)
})

t.test('legacy instances', async (t) => {
  t.test('are history from the first instance of the active model to the last', async (t) => {
    const file = await legacyFile(t)
    const { handle, given, inV2 } = file
    const { id } = file.work()
    const aside = file.work().id
    await migrated(t, file)
    handle.exec(`UPDATE v2_supplier_task_instances SET isApplied = 0 WHERE id = '${aside}'`)
    const applied = () => [inV2('instance', id)?.isApplied, inV2('instance', aside)?.isApplied]
    t.same(applied(), [1, 0])
    const first = given.instance()
    t.same(applied(), [0, 0])
    await inStep(t, file)
    given.instance()
    handle.exec(`DELETE FROM supplier_task_instances WHERE id = '${first}'`)
    t.same(applied(), [0, 0], 'there is another one')
    handle.exec(`UPDATE v2_supplier_task_instances SET isApplied = 1 WHERE id = '${id}'`)
    t.same(applied(), [0, 0], 'v2 cannot make it count')
    await inStep(t, file)
    handle.exec('DELETE FROM v2_supplier_task_instances WHERE id IN (SELECT id FROM supplier_task_instances)')
    t.same(applied(), [1, 0], 'v2 has taken one off the list')
    await inStep(t, file)
    handle.exec(`UPDATE v2_supplier_task_instances SET isApplied = 1`)
    t.same(applied(), [1, 1])
    await inStep(t, file)
  })

  t.test('go to the assignment that is there, and keep it when it is deleted', async (t) => {
    const file = await legacyFile(t)
    const { handle, given, inV2 } = file
    const { id, supplierId, projectId, supplierProjectId } = file.work()
    const active = given.assignment({ supplierId, projectId })
    await migrated(t, file)
    t.match(inV2('instance', id), { supplierProjectInstanceId: active })
    t.match(
      handle
        .prepare(`SELECT * FROM migration_lineage WHERE rowId = ? AND "column" = 'supplierProjectInstanceId'`)
        .get(id),
      { rule: 'assignment reused', original: supplierProjectId },
    )
    handle.exec(`DELETE FROM supplier_project_instances WHERE id = '${active}'`)
    t.match(
      inV2('instance', id),
      { supplierProjectInstanceId: supplierProjectId },
      'the legacy one is still there',
    )
    await inStep(t, file)
    handle.exec(`DELETE FROM supplier_project_instances`)
    t.notOk(file.row(file.names.instances, id), 'and goes with what was made of it')
    await inStep(t, file)
  })
})

t.test('the section of the legacy templates', async (t) => {
  t.test('has its id in its name where a milestone is called so, before or after', async (t) => {
    const file = await legacyFile(t)
    const { handle, given, inV2 } = file
    const [one, other] = [file.work().taskTypeId, file.work().taskTypeId]
    given.milestone({ taskTypeId: one, name: 'Legacy' })
    const later = given.milestone({ taskTypeId: other, name: 'Later' })
    await migrated(t, file)
    t.match(inV2('section', `legacy~${one}`), { name: `Legacy (legacy~${one})` })
    t.match(inV2('section', `legacy~${other}`), { name: 'Legacy' })
    handle.exec(`UPDATE milestones SET name = 'Legacy' WHERE id = '${later}'`)
    t.match(inV2('section', later), { name: 'Legacy' })
    t.match(inV2('section', `legacy~${other}`), { name: `Legacy (legacy~${other})` })
    await inStep(t, file)
  })

  t.test('is a milestone once v2 has put a task of its own there', async (t) => {
    const file = await legacyFile(t)
    const { handle, inV2, row } = file
    const { taskTypeId, taskTemplateId } = file.work()
    await migrated(t, file)
    const section = `legacy~${taskTypeId}`
    handle.exec(`INSERT INTO v2_tasks (id, taskTypeId, sectionId, name, sequence, isRequired, createdAt, updatedAt)
      VALUES ('own', '${taskTypeId}', '${section}', 'Own', 1, 1, ${CREATED}, ${CREATED})`)
    t.match(row('milestones', section), { taskTypeId, name: 'Legacy' })
    t.match(row('tasks', 'own'), { milestoneId: section })
    t.notOk(row('tasks', section), 'the legacy task is v2’s alone')
    await inStep(t, file)
    handle.exec(`DELETE FROM milestones`)
    t.ok(inV2('section', section), 'and goes on without one')
    t.ok(inV2('template', taskTemplateId))
    t.notOk(inV2('task', 'own'))
    await inStep(t, file)
  })
})

t.test('a file without legacy tables', async (t) => {
  t.test('has no mapping for them', async (t) => {
    const { handle } = await legacyFile(t)
    const names = () => mappingFor(handle).filter(({ name }) => name.startsWith('legacy_')).length
    t.equal(names(), 6)
    handle.exec(
      'DROP TABLE task_instances_old; DROP TABLE task_templates_old; DROP TABLE supplier_projects_old',
    )
    t.equal(names(), 0)
  })
})
