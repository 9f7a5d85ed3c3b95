import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { served } from '../admin/served.js'
import type { Phase } from '../../src/migration/job.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { runHere, sqlConsole } from './migrated.js'
import { schemaOf, v1File } from './v1-file.js'

const everyGroup = { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' }

/** A migrated file with one instance, served with a token. */
async function migrated(t: Test) {
  const file = await v1File(t)
  const template = file.given.template()
  const instance = file.given.instance({ projectMilestoneTaskId: template })
  await runHere(file.path, 'migrate')
  await runHere(file.path, 'cutover', { groups: everyGroup })
  const app = await served(t, file.path, { API_TOKEN: 'secret' })
  const patch = async (url: string, payload: object) => {
    const requestId = `patch ${url}`.replaceAll(/[ /]/g, '-')
    const headers = { authorization: 'Bearer secret', 'x-request-id': requestId }
    const { statusCode, body } = await app.inject({ method: 'PATCH', url, payload, headers })
    if (statusCode !== 200) throw new Error(body)
    return requestId
  }
  let seen = 0
  /** What has been recorded since it was asked last; nobody may have been left behind as the writer. */
  const recorded = (t: Test) => {
    t.equal(file.handle.prepare('select count(*) from write_context').pluck().get(), 0)
    const rows = file.handle.prepare('select * from change_history where id > ? order by id').all(seen)
    seen += rows.length
    return rows
  }
  return { ...file, template, instance, patch, recorded }
}

t.test('a change of a migrated file', async (t) => {
  const { path, handle, template, instance, patch, recorded } = await migrated(t)
  const changes = (t: Test, expected: object[]) => {
    const rows = recorded(t)
    t.match(rows, expected)
    t.equal(rows.length, expected.length)
  }

  t.test('is none of what the backfill writes', async (t) => changes(t, []))

  t.test('that came by /v1 has that origin, the token’s name and the request', async (t) => {
    const requestId = await patch(`/v1/supplier-task-instances/${instance}`, { status: 'completed' })
    const by = { subjectId: instance, origin: 'v1', actor: 'api', requestId }
    changes(t, [
      { ...by, field: 'status' },
      { ...by, field: 'completedAt' },
    ])
    await patch(`/v1/supplier-task-instances/${instance}`, { status: 'in_progress' })
    changes(t, [
      { field: 'status', oldValue: 'completed', newValue: 'in_progress' },
      { field: 'completedAt', newValue: null },
    ])
  })

  t.test('that came by /v2 has that origin', async (t) => {
    const requestId = await patch(`/v2/supplier-task-instances/${instance}`, { owner: 'Bob' })
    changes(t, [{ subjectId: instance, field: 'owner', origin: 'v2', actor: 'api', requestId }])
  })

  t.test('of a due date in /v1 tells the template from its instances', async (t) => {
    const requestId = await patch(`/v1/project-milestone-tasks/${template}`, { dueDate: '2026-07-01' })
    changes(t, [
      { subjectId: template, subject: 'project-task-template', origin: 'v1', requestId },
      { subjectId: instance, field: 'dueDate', origin: 'propagation', requestId },
    ])
  })

  t.test('that the old application made in v1’s tables has the origin v1, and no name', async (t) => {
    handle.exec(
      `update supplier_task_instances set status = 'blocked', notes = 'old' where id = '${instance}'`,
    )
    handle.exec(`update project_milestone_tasks set dueDate = dueDate + 1 where id = '${template}'`)
    const by = { origin: 'v1', actor: null, requestId: null }
    changes(t, [
      { ...by, subjectId: instance, field: 'status' },
      { ...by, subjectId: instance, field: 'notes' },
      { ...by, subjectId: template, field: 'dueDate' },
    ])
  })

  t.test('that another program made in v2’s tables is external', async (t) => {
    handle.exec(`update v2_supplier_task_instances set owner = 'Ann'`)
    changes(t, [{ field: 'owner', newValue: 'Ann', origin: 'external', actor: null }])
  })

  t.test('is not in the history when it is rolled back', async (t) => {
    handle.exec(`begin; update supplier_task_instances set notes = 'never'; rollback`)
    changes(t, [])
  })

  t.test('made by a killed process leaves no writer behind', async (t) => {
    const killed = new BetterSqlite3(path)
    killed.exec(`begin immediate; insert into write_context values (1, 'me', 'r', 'v2');
      update v2_supplier_task_instances set notes = 'never'`)
    killed.close()
    changes(t, [])
  })
})

t.test('the history', async (t) => {
  t.test('names the job that made a change', async (t) => {
    const { path, handle, given } = await v1File(t)
    given.instance()
    await runHere(path, 'migrate')
    const phase: Phase = {
      name: 'validate',
      run: async (run) => {
        run.transaction(() => run.db.exec(`update v2_supplier_task_instances set owner = 'Ann'`))
      },
    }
    const kinds = jobKinds.map((kind) => ({ ...kind, phases: () => [phase] }))
    const { id } = await runHere(path, 'validate', {}, { kinds })
    t.match(handle.prepare('select * from change_history').all(), [
      { field: 'owner', origin: 'migration', requestId: id, actor: null },
    ])
  })

  for (const [what, damage, check] of [
    ['lacks a trigger', 'drop trigger history_v2_supplier_task_instances_update', 'history-in-place'],
    ['does not tell v1’s writes', 'drop trigger mirror_origin_begin', 'history-in-place'],
    [
      'has a writer left behind',
      `insert into write_context values (1, 'me', 'r', 'v1')`,
      'write-context-empty',
    ],
  ] as const)
    t.test(`that ${what} fails the validation`, async (t) => {
      const { path, handle, given } = await v1File(t)
      given.instance()
      await runHere(path, 'migrate')
      handle.exec(damage)
      const { state, report } = await runHere(path, 'validate')
      t.equal(state, 'failed')
      t.match(
        report?.checks.filter(({ status }) => status === 'failed'),
        [{ id: check, actual: 1 }],
      )
    })

  t.test('is added to a file that was migrated before there was one', async (t) => {
    const { path, handle, given } = await v1File(t)
    const instance = given.instance()
    await runHere(path, 'migrate')
    const whole = schemaOf(handle)
    for (const [type, name] of handle
      .prepare(
        `select type, name from sqlite_master where (name glob '*history*' and name <> 'legacy_is_history') or name glob 'mirror_origin_*' order by type desc`,
      )
      .raw()
      .all() as [string, string][])
      if (!name.startsWith('sqlite_')) handle.exec(`drop ${type} if exists ${name}`)
    handle.exec(`drop table write_context; drop index v2_supplier_task_instances_due_idx;
      delete from schema_files where name in ('write-context', 'mirror-origin', 'history-tables', 'list-indexes')`)
    const db = await openApplicationDatabase(path, allGroupsOn('v1'))
    await db.close()
    t.strictSame(schemaOf(handle), whole)
    sqlConsole(path).exec(`update supplier_task_instances set notes = 'x' where id = '${instance}'`).close()
    t.match(handle.prepare('select * from change_history').all(), [{ field: 'notes', origin: 'v1' }])
  })
})
