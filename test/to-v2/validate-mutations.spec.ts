import t from 'tap'
import { mutations } from './mutations.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'

t.test('validation', async (t) => {
  const path = await adoptedFile(t, 400, { responsibleParties: true })
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')

  for (const mutation of mutations)
    t.test(`finds that ${mutation.title}, and names table, id and column`, async (t) => {
      const copy = copyOf(t, path)
      const db = sqlConsole(copy)
      const id = db.prepare(mutation.id).pluck().get() as string
      // The guard keeps the sync quiet: this is damage, not a write.
      db.exec(`INSERT INTO sync_guard VALUES ('test')`)
      t.equal(db.prepare(mutation.sql).run({ id }).changes, 1, 'the damage was done')
      db.exec('DELETE FROM sync_guard')
      db.close()
      const { state, report, error } = await runHere(copy, 'validate')
      t.equal(state, 'failed', error?.detail ?? '')
      const samples =
        report?.checks.flatMap((check) => (check.status === 'failed' ? check.samples : [])) ?? []
      t.ok(
        samples.some((sample) => {
          const named = sample as { table?: string; id?: string; column?: string }
          return named.table === mutation.table && named.id === id && named.column === mutation.column
        }),
        `${mutation.table} ${id} ${mutation.column} is named`,
        { samples },
      )
    })

  t.ok(mutations.length >= 30)
})

t.test('validation of the sync itself', async (t) => {
  const path = await adoptedFile(t, 50)
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  const damages = {
    'sync-in-place failed': [
      'DROP TRIGGER up_tasks_update',
      'DROP VIEW up_instances; CREATE VIEW up_instances AS SELECT * FROM supplier_task_instances',
    ],
    'quarantine-empty noted': [
      `UPDATE supplier_task_instances SET status = 'lost' WHERE id = (SELECT min(id) FROM supplier_task_instances)`,
    ],
  }
  for (const [check, statements] of Object.entries(damages))
    for (const statement of statements)
      t.test(`finds: ${statement}`, async (t) => {
        const copy = copyOf(t, path)
        const db = sqlConsole(copy)
        db.exec(statement)
        db.close()
        const { report } = await runHere(copy, 'validate')
        const [id, status] = check.split(' ')
        t.equal(report?.checks.find((one) => one.id === id)?.status, status)
      })
})
