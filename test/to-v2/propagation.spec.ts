import t from 'tap'
import { runHere } from './migrated.js'
import { v1File } from './v1-file.js'

t.test('a due date that does not reach the same instances in both versions', async (t) => {
  const { path, handle, given } = await v1File(t)
  const template = given.template()
  const instance = given.instance({ projectMilestoneTaskId: template })
  given.instance({ projectMilestoneTaskId: template })
  t.equal((await runHere(path, 'migrate', { backup: false })).state, 'succeeded')
  // As a writer past the triggers would.
  handle.exec(
    `INSERT INTO sync_guard VALUES ('job'); DELETE FROM v2_supplier_task_instances WHERE id = '${instance}'; DELETE FROM sync_guard`,
  )
  const { report } = await runHere(path, 'validate')
  const check = report?.checks.find(({ group }) => group === 'propagation')
  t.equal(check?.status, 'failed')
  t.match(
    check?.samples.find((sample) => (sample as { column: string }).column === 'dueDate'),
    { table: 'v2_supplier_task_instances', id: instance, template, actual: null },
  )
})
