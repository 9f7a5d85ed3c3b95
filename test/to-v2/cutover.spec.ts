import t, { type Test } from 'tap'
import { allGroupsOn, apiGroups } from '../../src/kernel/api-groups.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'

const stateOf = (path: string) => {
  const db = sqlConsole(path)
  const row = db.prepare('SELECT stage, groups, cutoverAt FROM migration_state').get() as {
    stage: string
    groups: string
    cutoverAt: number | null
  }
  db.close()
  return { ...row, groups: JSON.parse(row.groups) as unknown }
}

t.test('a cutover', async (t) => {
  const migrated = await adoptedFile(t, 50)
  t.equal((await runHere(migrated, 'migrate')).state, 'succeeded')

  const changed = (t: Test, sql: string) => {
    const path = copyOf(t, migrated)
    const db = sqlConsole(path)
    db.exec(sql)
    db.close()
    return path
  }

  t.test('ends a migration that is asked to', async (t) => {
    const path = await adoptedFile(t, 50)
    t.equal((await runHere(path, 'migrate', { cutover: true })).state, 'succeeded')
    t.match(stateOf(path), { stage: 'cutover', groups: allGroupsOn('v2') })
  })

  t.test('that is refused at the end of a migration leaves everything migrated, and on v1', async (t) => {
    const path = await adoptedFile(t, 50)
    sqlConsole(path).exec(`UPDATE supplier_task_instances SET status = 'almost done' WHERE rowid = 1`).close()
    const options = { cutover: true, onInvalidRow: 'quarantine' }
    const { state, error, report } = await runHere(path, 'migrate', options)
    t.match({ state, error }, { state: 'failed', error: { code: 'gate-closed' } })
    t.match(stateOf(path), { stage: 'migrated', groups: allGroupsOn('v1'), cutoverAt: null })
    t.equal((await runHere(path, 'validate')).report?.summary.failed, 0)
    const acceptQuarantined = report?.summary.rowsQuarantined
    const again = await runHere(path, 'migrate', { ...options, acceptQuarantined })
    t.match(again, { state: 'succeeded' }, JSON.stringify(again.error))
    t.match(stateOf(path), { stage: 'cutover', groups: allGroupsOn('v2') })
  })

  t.test('does not follow what does not pass', async (t) => {
    const path = changed(t, 'DROP TRIGGER up_task_types_update')
    const { state, error } = await runHere(path, 'migrate', { cutover: true })
    t.match({ state, error }, { state: 'failed', error: { code: 'checks-failed' } })
    t.match(stateOf(path), { groups: allGroupsOn('v1') })
  })

  t.test('moves the groups that it names', async (t) => {
    const path = copyOf(t, migrated)
    const groups = { dashboard: 'v2', taskRead: 'v2' }
    t.equal((await runHere(path, 'cutover', { groups })).state, 'succeeded')
    t.match(stateOf(path), {
      stage: 'migrated',
      cutoverAt: null,
      groups: { ...allGroupsOn('v1'), ...groups },
    })
  })

  t.test('of the last group is the beginning of the retention', async (t) => {
    const path = copyOf(t, migrated)
    const from = Date.now()
    t.equal((await runHere(path, 'cutover', { groups: allGroupsOn('v2') })).state, 'succeeded')
    const { stage, cutoverAt } = stateOf(path)
    t.equal(stage, 'cutover')
    t.ok(cutoverAt !== null && cutoverAt >= from && cutoverAt <= Date.now())
  })

  t.test('that changes nothing keeps the beginning of the retention', async (t) => {
    const path = copyOf(t, migrated)
    await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
    const { cutoverAt } = stateOf(path)
    await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(stateOf(path), { stage: 'cutover', cutoverAt })
  })

  t.test('back to v1 ends the retention', async (t) => {
    const path = copyOf(t, migrated)
    await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
    t.equal((await runHere(path, 'cutover', { groups: { taskCreate: 'v1' } })).state, 'succeeded')
    t.match(stateOf(path), {
      stage: 'migrated',
      cutoverAt: null,
      groups: { taskCreate: 'v1', taskWrite: 'v2' },
    })
  })

  for (const group of apiGroups.slice(1))
    t.test(`of ${group} alone fails, because others come first`, async (t) => {
      const path = copyOf(t, migrated)
      t.equal((await runHere(path, 'cutover', { groups: { [group]: 'v2' } })).state, 'failed')
      t.match(stateOf(path), { groups: allGroupsOn('v1') })
    })

  const closed: Record<string, [string, RegExp]> = {
    'nothing was validated': ['UPDATE migration_state SET inStep = NULL', /run validate/],
    'the last validation failed': ['UPDATE migration_state SET inStep = 0', /last validation did not pass/],
    'a guard row was left behind': [`INSERT INTO sync_guard VALUES ('leak')`, /guard row was left behind/],
    'a row waits in quarantine': [
      `INSERT INTO tasks (id, milestoneId, name, sequence, createdAt, updatedAt)
       VALUES ('x', 'nowhere', 'X', 1, 1780000000000, 1780000000000)`,
      /1 rows are in quarantine, .* "acceptQuarantined": 1/,
    ],
    'a write did not reach the other version': [
      `INSERT INTO migration_quarantine (mapping, rowId, source, reason, at) VALUES ('tasks', 'x', 'tasks', 'unmirrored', 1)`,
      /1 rows are not equal in both schemas/,
    ],
    'a trigger is missing': ['DROP TRIGGER up_tasks_update', /trigger up_tasks_update is missing or altered/],
    'a view was altered': [
      'DROP VIEW up_instances; CREATE VIEW up_instances AS SELECT * FROM supplier_task_instances',
      /view up_instances is missing or altered/,
    ],
    'a trigger was altered': [
      `DROP TRIGGER up_tasks_update; CREATE TRIGGER up_tasks_update AFTER UPDATE ON tasks BEGIN SELECT 1; END`,
      /trigger up_tasks_update is missing or altered/,
    ],
  }
  for (const [title, [sql, reason]] of Object.entries(closed))
    t.test(`is refused when ${title}, and says so`, async (t) => {
      const path = changed(t, sql)
      const { state, error } = await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
      t.match({ state, error }, { state: 'failed', error: { code: 'gate-closed', detail: reason } })
      t.match(stateOf(path), { stage: 'migrated', groups: allGroupsOn('v1') })
    })

  t.test('names every reason at once', async (t) => {
    const path = changed(t, `UPDATE migration_state SET inStep = 0; INSERT INTO sync_guard VALUES ('leak')`)
    const { error } = await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(error?.detail, /validation did not pass/)
    t.match(error?.detail, /guard row/)
  })

  t.test('back to v1 is not refused, whatever the state of the sync', async (t) => {
    const path = copyOf(t, migrated)
    await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
    const db = sqlConsole(path)
    db.exec(
      `UPDATE migration_state SET inStep = 0; INSERT INTO sync_guard VALUES ('leak'); DROP TRIGGER up_tasks_update`,
    )
    db.close()
    const { state, error } = await runHere(path, 'cutover', { groups: { taskCreate: 'v1' } })
    t.equal(state, 'succeeded', error?.detail ?? '')
  })

  t.test('opens again once a validation has passed', async (t) => {
    const path = changed(t, 'UPDATE migration_state SET inStep = 0')
    t.equal((await runHere(path, 'validate')).state, 'succeeded')
    t.equal((await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })).state, 'succeeded')
  })
})

t.test('a rollback of the API', async (t) => {
  t.test('takes all groups back to v1 and leaves both schemas in step', async (t) => {
    const path = await adoptedFile(t, 50)
    await runHere(path, 'migrate')
    await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
    t.equal((await runHere(path, 'rollback', { level: 'api' })).state, 'succeeded')
    t.match(stateOf(path), { stage: 'migrated', groups: allGroupsOn('v1'), cutoverAt: null })
    const db = sqlConsole(path)
    db.exec(`UPDATE supplier_task_instances SET notes = 'after the rollback'`)
    db.close()
    t.equal((await runHere(path, 'validate')).state, 'succeeded')
    t.equal((await runHere(path, 'cutover', { groups: allGroupsOn('v2') })).state, 'succeeded')
  })
})
