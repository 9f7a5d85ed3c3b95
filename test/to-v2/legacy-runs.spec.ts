import t, { type Test } from 'tap'
import { post, read, served } from '../admin/served.js'
import { unaccounted } from './accounted.js'
import { DAY, legacyFile } from './legacy-file.js'
import { migrateWith, runHere } from './migrated.js'
import { differences } from './two-way/equal.js'
import { DUE, schemaOf, v1Contents } from './v1-file.js'

type File = Awaited<ReturnType<typeof legacyFile>>

const waiting = ({ handle }: File) =>
  handle
    .prepare(
      `SELECT mapping, rowId, reason FROM migration_quarantine WHERE resolution IS NULL ORDER BY mapping, rowId`,
    )
    .all()

const contents = ({ handle }: File) => ({ v1: v1Contents(handle), schema: schemaOf(handle) })

/** Rows of the legacy tables that do not fit: the options of a run that goes on without them. */
const quarantine = { onInvalidRow: 'quarantine' }

t.test('a run that fails takes back the assignments that it made', async (t) => {
  const file = await legacyFile(t)
  const { handle, given, row } = file
  const [used, changed, left] = [file.work(), file.work(), file.work()]
  const before = contents(file)
  const fails = (act: () => void) =>
    runHere(file.path, 'migrate', {}, { kinds: migrateWith('backfill', act) })
  const { state } = await fails(() => {
    throw new Error('no')
  })
  t.equal(state, 'failed')
  t.strictSame(contents(file), before)
  await fails(() => {
    t.ok(row('supplier_project_instances', left.supplierProjectId))
    given.instance({ supplierProjectInstanceId: used.supplierProjectId })
    handle.exec(`UPDATE supplier_project_instances SET status = 'inactive', updatedAt = 1780000000000
      WHERE id = '${changed.supplierProjectId}'`)
    throw new Error('no')
  })
  t.notOk(row('supplier_project_instances', left.supplierProjectId))
  t.ok(row('supplier_project_instances', used.supplierProjectId), 'v1 has given it an instance since')
  t.match(row('supplier_project_instances', changed.supplierProjectId), { status: 'inactive' })
  t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
})

t.test('a row of the legacy tables that does not fit', async (t) => {
  t.test('blocks a run, or waits with its dependants until it is mended', async (t) => {
    const file = await legacyFile(t)
    const { handle, names } = file
    handle.pragma('foreign_keys = OFF')
    const { id, taskTemplateId } = file.work()
    handle.exec(`UPDATE ${names.templates} SET canonicalDue = 'soon'`)
    const orphan = file.legacy.instance({ supplierProjectId: 'nobody', taskTemplateId })
    const { error } = await runHere(file.path, 'migrate')
    t.match(error, { code: 'blocked', detail: /bad-date in task_templates_old.canonicalDue: 1/ })
    t.equal((await runHere(file.path, 'migrate', quarantine)).state, 'succeeded')
    t.strictSame(waiting(file), [
      { mapping: 'legacy_instances', rowId: id, reason: 'dependant:projectTaskTemplateId' },
      { mapping: 'legacy_instances', rowId: orphan, reason: 'orphan:supplierProjectId' },
      { mapping: 'legacy_templates', rowId: taskTemplateId, reason: 'bad-date:canonicalDue' },
    ])
    t.same(unaccounted(handle), [])
    handle.exec(`UPDATE ${names.templates} SET canonicalDue = ${DUE}`)
    t.match(waiting(file), [{ rowId: orphan }], 'the other one has come with its template')
    t.match(file.inV2('instance', id), { dueDate: DUE })
    handle.exec(`DELETE FROM ${names.instances} WHERE id = '${orphan}'`)
    t.strictSame(waiting(file), [])
    t.equal((await runHere(file.path, 'validate')).report?.status, 'passed')
  })

  t.test('for lack of a supplier comes with the supplier', async (t) => {
    const file = await legacyFile(t)
    const { handle, given } = file
    handle.pragma('foreign_keys = OFF')
    const { id, supplierId, supplierProjectId } = file.work()
    handle.exec('DELETE FROM suppliers')
    t.equal((await runHere(file.path, 'migrate', quarantine)).state, 'succeeded')
    t.strictSame(waiting(file), [
      { mapping: 'legacy_assignments', rowId: supplierProjectId, reason: 'orphan:supplierId' },
      { mapping: 'legacy_instances', rowId: id, reason: 'dependant:supplierProjectInstanceId' },
    ])
    given.supplier({ id: supplierId })
    t.strictSame(waiting(file), [])
    t.ok(file.inV2('instance', id))
    t.strictSame(await differences(handle), [])
  })

  t.test('for an id that the active model has is told of as a duplicate, and waits', async (t) => {
    const file = await legacyFile(t)
    const { given, legacy } = file
    const { supplierProjectId, taskTypeId } = file.work()
    const projectId = given.project()
    const taskTemplateId = legacy.template({ taskTypeId, projectId })
    const id = given.instance()
    legacy.instance({ id, supplierProjectId, taskTemplateId })
    const { report } = await runHere(file.path, 'assess')
    t.match(report?.issues[0], {
      code: 'legacy-duplicate',
      subcase: 'id',
      severity: 'blocking',
      samples: [id],
    })
    t.equal((await runHere(file.path, 'migrate', quarantine)).state, 'succeeded')
    t.strictSame(waiting(file), [{ mapping: 'legacy_instances', rowId: id, reason: 'legacy-duplicate:id' }])
    t.equal((await runHere(file.path, 'validate')).report?.summary.failed, 0)
  })

  t.test('for its status comes with a retry that says what it means', async (t) => {
    const file = await legacyFile(t)
    const { id } = file.work({ status: 'Erledigt' })
    await runHere(file.path, 'migrate', quarantine)
    t.match(waiting(file), [{ rowId: id, reason: 'invalid-status:status' }])
    await runHere(file.path, 'retry', { statusMap: { Erledigt: 'completed' } })
    t.strictSame(waiting(file), [])
    t.match(file.inV2('instance', id), { status: 'completed' })
  })
})

t.test('legacy rows that were written past the triggers', async (t) => {
  const damages: Record<string, (file: File) => string> = {
    'in v1': ({ names }) => `UPDATE ${names.instances} SET notes = 'missed', updatedAt = 4000000000000;
      UPDATE ${names.templates} SET canonicalDue = ${DUE + DAY}, updatedAt = 4000000000000`,
    'in v2': () => `UPDATE v2_supplier_task_instances SET notes = 'missed', updatedAt = 4000000000000`,
    'and are gone from v2': () =>
      `DELETE FROM v2_supplier_task_instances; DELETE FROM v2_project_task_templates`,
  }
  for (const [title, damage] of Object.entries(damages))
    t.test(`${title} are found by a validation, and mended by a repair`, async (t) => {
      const file = await legacyFile(t)
      file.work()
      await runHere(file.path, 'migrate')
      file.handle.exec(`INSERT INTO sync_guard VALUES ('test'); ${damage(file)}; DELETE FROM sync_guard`)
      const { report } = await runHere(file.path, 'validate')
      t.match(
        report?.checks.filter(({ status }) => status === 'failed').map(({ id }) => id),
        [/rows-legacy_/],
      )
      t.equal((await runHere(file.path, 'repair')).state, 'succeeded')
      t.strictSame(await differences(file.handle), [])
    })
})

async function cutOver(t: Test, path: string) {
  const app = await served(t, path)
  t.match((await post(app, 'migrate')).body, { state: 'succeeded' })
  const groups = { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' }
  t.match((await post(app, 'cutover', { groups })).body, { state: 'succeeded' })
  return app
}

t.test('a file of the older generation', async (t) => {
  t.test('is migrated, cut over, written to by both versions’ clients, and goes back', async (t) => {
    const file = await legacyFile(t, '')
    const { handle, names, given, row } = file
    const { id, supplierId, projectId, taskTypeId, taskTemplateId } = file.work()
    const app = await cutOver(t, file.path)
    const send = async (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: object = {}) =>
      (await app.inject({ method, url, ...(method === 'DELETE' ? {} : { payload }) })).statusCode
    const totals = async (version: string) =>
      ((await read(app, `/${version}/dashboard?asOf=2026-06-01`)).body.totals as { instances: number })
        .instances
    t.equal(
      await send('PATCH', `/v2/supplier-task-instances/${id}`, { status: 'completed', notes: 'done' }),
      200,
    )
    t.match(row(names.instances, id), { status: 'completed', notes: 'done' })
    t.equal(
      await send('PATCH', `/v2/project-task-templates/${taskTemplateId}`, { dueDate: '2026-07-01' }),
      200,
    )
    t.match(row(names.templates, taskTemplateId), { canonicalDue: Date.UTC(2026, 6, 1) })
    const other = given.supplier()
    t.equal(await send('POST', `/v2/suppliers/${other}/projects/${projectId}/assign`), 201)
    t.equal(handle.prepare(`SELECT count(*) FROM ${names.instances}`).pluck().get(), 2, 'v1 counts it, too')
    t.same([await totals('v1'), await totals('v2')], [2, 2])
    t.equal(await send('PATCH', `/v2/supplier-task-instances/${id}`, { isApplied: false }), 200)
    t.equal(await totals('v2'), 1, 'v2 can take it off the list, and v1 has no column for that')
    t.equal((await post(app, 'validate')).body.state, 'succeeded')
    handle.exec(`UPDATE ${names.instances} SET status = 'blocked' WHERE id = '${id}'`)
    t.match((await read(app, `/v2/supplier-task-instances/${id}`)).body, { status: 'blocked' })
    t.match((await read(app, `/v2/task-types/${taskTypeId}/tree`)).status, 200)
    t.match((await post(app, 'rollback', { level: 'api' })).body, { state: 'succeeded' })
    t.match((await read(app, `/v1/task-instances/${id}`)).body, { status: 'blocked', notes: 'done' })
    t.strictSame(await differences(handle), [])
    t.ok(supplierId)
  })
})
