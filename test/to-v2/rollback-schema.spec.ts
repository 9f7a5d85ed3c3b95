import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { JobKind } from '../../src/migration/job.js'
import { JobStopped } from '../../src/migration/run.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { post, read, served, v1Path } from '../admin/served.js'
import { runHere } from './migrated.js'
import { schemaOf, v1Contents, v1File, v2Contents } from './v1-file.js'

const level = { level: 'schema' }

/** A file with everything in v2 that v1 has no place for. */
async function filled(t: Test) {
  const file = await v1File(t)
  const { given, handle, path } = file
  const taskType = given.taskType({ name: 'Approval' })
  const milestone = given.milestone({ taskTypeId: taskType, code: 'A1', name: 'First' })
  given.milestone({ taskTypeId: taskType, code: 'A2', name: 'Second' })
  const parent = given.task({ milestoneId: milestone, name: 'Parent' })
  const child = given.task({ milestoneId: milestone, name: 'Child' })
  const other = given.task({ milestoneId: milestone, name: 'Other' })
  const template = given.template({ taskId: parent })
  const instance = given.instance({ projectMilestoneTaskId: template })
  const project = given.project()
  await runHere(path, 'migrate')
  handle.exec(`
    UPDATE v2_tasks SET parentTaskId = '${parent}' WHERE id = '${child}';
    INSERT INTO v2_tasks (id, taskTypeId, sectionId, parentTaskId, name, sequence, isRequired, createdAt, updatedAt)
      SELECT 'sub', taskTypeId, sectionId, '${parent}', 'Other', 9, 1, createdAt, updatedAt FROM v2_tasks WHERE id = '${parent}';
    UPDATE v2_tasks SET defaultOwner = 'QA', defaultNotes = char(233) || char(10) WHERE id = '${parent}';
    UPDATE v2_project_task_templates SET owner = 'Ann, "A"', anchor = 'project_start', offsetDays = 7;
    UPDATE v2_supplier_task_instances SET owner = 'Bob', status = 'blocked', blockedReason = CAST(x'61ff' AS TEXT);
    UPDATE v2_task_type_sections SET name = 'Named in v2', code = NULL WHERE id = '${milestone}';
    INSERT INTO v2_project_task_types VALUES ('attached', '${project}', '${taskType}', 1, 1, 2)`)
  const validated = await runHere(path, 'validate')
  if (validated.state !== 'succeeded') throw new Error(JSON.stringify(validated.report?.checks))
  return { ...file, ids: { milestone, parent, child, other, template, instance, project } }
}

/** All jobs, with something done right after one of their phases. */
const around = (phase: string, act: () => void): JobKind[] =>
  jobKinds.map((kind) => ({
    ...kind,
    phases: (options) =>
      kind.phases(options).map((one) => ({
        ...one,
        async run(run) {
          await one.run(run)
          if (one.name === phase) act()
        },
      })),
  }))

const backupOf = (path: string, id: string) => join(dirname(path), 'backups', id)

t.test('a rollback of the schema', async (t) => {
  t.test('removes v2 wholly, and leaves v1 as it is', async (t) => {
    const file = await v1File(t)
    file.given.instance()
    const before = { schema: schemaOf(file.handle), v1: v1Contents(file.handle) }
    await runHere(file.path, 'migrate')
    const { state, error, report } = await runHere(file.path, 'rollback', level)
    t.equal(state, 'succeeded', error?.detail ?? '')
    t.strictSame({ schema: schemaOf(file.handle), v1: v1Contents(file.handle) }, before)
    t.match(file.handle.prepare('SELECT stage, inStep, cutoverAt FROM migration_state').get(), {
      stage: 'v1',
      inStep: null,
      cutoverAt: null,
    })
    t.same(report?.issues, [])
  })

  t.test('lists with counts what v1 cannot hold, and archives it as CSV and JSON', async (t) => {
    const { path, handle, ids } = await filled(t)
    const history = handle.prepare('SELECT count(*) FROM change_history').pluck().get()
    const { id, report } = await runHere(path, 'rollback', level)
    const listed = report?.issues.map(({ table, column, count }) => [table, column, count])
    t.strictSame(listed, [
      ['v2_tasks', 'parentTaskId', 2],
      ['v2_tasks', 'defaultOwner', 1],
      ['v2_tasks', 'defaultNotes', 1],
      ['v2_project_task_templates', 'owner', 1],
      ['v2_project_task_templates', 'anchor', 1],
      ['v2_project_task_templates', 'offsetDays', 1],
      ['v2_supplier_task_instances', 'owner', 1],
      ['v2_supplier_task_instances', 'blockedReason', 1],
      ['section_forms', undefined, 1],
      ['task_forms', undefined, 1],
      ['attached_task_types', undefined, 1],
      ['change_history', undefined, history],
    ])
    const folder = join(backupOf(path, id), 'v2-only')
    t.equal(readdirSync(folder).length, 16)
    t.equal(
      readFileSync(join(folder, 'v2_supplier_task_instances.csv'), 'utf8'),
      `"id","owner","blockedReason","submissionFiles"\r\n"${ids.instance}","Bob",base64-text:Yf8=,\r\n`,
    )
    t.strictSame(JSON.parse(readFileSync(join(folder, 'v2_supplier_task_instances.json'), 'utf8')), [
      { id: ids.instance, owner: 'Bob', blockedReason: { 'base64-text': 'Yf8=' }, submissionFiles: null },
    ])
    t.strictSame(JSON.parse(readFileSync(join(folder, 'v2_project_task_templates.json'), 'utf8')), [
      { id: ids.template, owner: 'Ann, "A"', anchor: 'project_start', offsetDays: 7 },
    ])
  })

  t.test('fails and removes nothing when v2 alone was written to after the backup', async (t) => {
    const writes: Record<string, RegExp> = {
      [`UPDATE v2_supplier_task_instances SET owner = 'Late'`]: /only v2 can hold/,
      [`UPDATE migration_state SET groups = json_set(groups, '$.dashboard', 'v2')`]: /group was moved/,
    }
    for (const [write, detail] of Object.entries(writes)) {
      const { path, handle } = await filled(t)
      const kinds = around('backup', () => handle.exec(write))
      const before = v2Contents(handle)
      const failed = await runHere(path, 'rollback', level, { kinds })
      t.match(failed, { state: 'failed', error: { code: 'changed-meanwhile', detail } })
      t.ok(existsSync(backupOf(path, failed.id)))
      t.same(Object.keys(v2Contents(handle)), Object.keys(before))
    }
  })

  t.test('that was killed after it removed v2 goes on to its end, with its report', async (t) => {
    const { path } = await filled(t)
    const kinds = around('rollback', () => {
      throw new JobStopped('interrupted')
    })
    const { id, state } = await runHere(path, 'rollback', level, { kinds })
    t.equal(state, 'interrupted')
    const { report } = await runHere(path, 'rollback', level, { jobId: id })
    t.equal(report?.issues.length, 12)
    t.same(readdirSync(dirname(backupOf(path, id))), [id])
  })
})

t.test('a migration after it', async (t) => {
  t.test('brings back what only v2 could hold, every byte of it', async (t) => {
    const { path, handle } = await filled(t)
    const before = v2Contents(handle)
    const { id } = await runHere(path, 'rollback', level)
    const { state, error, report } = await runHere(path, 'migrate', { bringBack: id })
    t.equal(state, 'succeeded', error?.detail ?? '')
    t.strictSame(sorted(v2Contents(handle)), sorted(before))
    t.match(
      report?.issues
        .filter(({ code }) => code === 'brought-back')
        .map(({ table, column, count }) => [table, column, count]),
      [
        ['v2_tasks', 'parentTaskId', 2],
        ['v2_tasks', 'name', 1],
        ['task_forms', undefined, 1],
      ],
    )
    t.equal((await runHere(path, 'validate')).state, 'succeeded')
    t.equal((await runHere(path, 'cutover', { groups: allGroupsOn('v2') })).state, 'succeeded')
  })

  t.test('works without it, too', async (t) => {
    const { path, handle } = await filled(t)
    await runHere(path, 'rollback', level)
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    t.equal(handle.prepare('SELECT count(owner) FROM v2_supplier_task_instances').pluck().get(), 0)
  })

  t.test('leaves away what v1 has made senseless meanwhile, and what has no row any more', async (t) => {
    const { path, handle, ids, row } = await filled(t)
    const { id } = await runHere(path, 'rollback', level)
    handle.exec(`
      UPDATE supplier_task_instances SET status = 'in_progress';
      DELETE FROM tasks WHERE id = '${ids.child}';
      UPDATE tasks SET name = 'Renamed in v1' WHERE id = 'sub';
      UPDATE milestones SET name = 'Renamed, too' WHERE id = '${ids.milestone}';
      DELETE FROM projects WHERE id = '${ids.project}'`)
    t.match(await runHere(path, 'migrate', { bringBack: id }), { state: 'succeeded', error: null })
    t.match(row('v2_supplier_task_instances', ids.instance), { owner: 'Bob', blockedReason: null })
    t.match(row('v2_tasks', 'sub'), { name: 'Renamed in v1', parentTaskId: ids.parent })
    t.match(row('v2_task_type_sections', ids.milestone), { name: 'Renamed, too' })
    t.equal(row('v2_tasks', ids.child), undefined)
    t.equal(handle.prepare('SELECT count(*) FROM attached_task_types').pluck().get(), 0)
  })

  t.test('changes nothing when the archive is damaged', async (t) => {
    const { path, handle } = await filled(t)
    const { id } = await runHere(path, 'rollback', level)
    const before = schemaOf(handle)
    truncateSync(join(backupOf(path, id), 'database.db'), 4096)
    t.match(await runHere(path, 'migrate', { bringBack: id }), {
      state: 'failed',
      error: { code: 'backup-unusable', detail: /database.db has 4096 bytes/ },
    })
    t.strictSame(schemaOf(handle), before)
    writeFileSync(join(backupOf(path, id), 'manifest.json'), '7')
    t.match(await runHere(path, 'migrate', { bringBack: id }), {
      error: { code: 'backup-unusable', detail: /no object/ },
    })
    t.match(await runHere(path, 'migrate', { bringBack: 'gone' }), {
      state: 'failed',
      error: { code: 'backup-unusable', detail: /it is gone/ },
    })
  })
})

/** A row that came over later stands elsewhere in the file. */
const sorted = (contents: ReturnType<typeof v2Contents>) =>
  Object.fromEntries(
    Object.entries(contents).map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]),
  )

t.test('POST /admin/migrations', async (t) => {
  const app = await served(t, v1Path(t))
  await post(app, 'migrate', { backup: false })

  t.test('refuses to remove v2 while it serves a group', async (t) => {
    await post(app, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(await post(app, 'rollback', level), {
      status: 409,
      body: { code: 'groups-on-v2', groups: ['dashboard'] },
    })
    await post(app, 'rollback', { level: 'api' })
  })
  t.test('removes v2, and the API serves v1 on', async (t) => {
    t.match((await post(app, 'rollback', level)).body, { state: 'succeeded' })
    t.match((await read(app, '/admin/status')).body, { stage: 'v1' })
    t.equal((await read(app, '/v1/dashboard')).status, 200)
    t.equal((await read(app, '/v2/dashboard')).status, 409)
    t.match(await post(app, 'rollback', level), { status: 409, body: { code: 'not-migrated' } })
  })
  t.test('brings back only what is an archive, and names the option', async (t) => {
    const { id } = (await post(app, 'backup')).body
    const wrong: Record<string, RegExp> = {
      nobody: /no such backup/,
      [id]: /not the backup of a rollback/,
    }
    for (const [bringBack, message] of Object.entries(wrong))
      t.match(await post(app, 'migrate', { bringBack }), {
        status: 422,
        body: { errors: [{ path: '/options/bringBack', message }] },
      })
  })
})
