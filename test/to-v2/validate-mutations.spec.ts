import t from 'tap'
import { mutations, type Mutation } from './mutations.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'

/** In groups that damage each table once: a validation takes longer than all else, and names one row as well as six. */
function apart(all: readonly Mutation[]): Mutation[][] {
  const groups: Mutation[][] = []
  for (const mutation of all) {
    const free = groups.find((group) => group.every(({ table }) => table !== mutation.table))
    if (free === undefined) groups.push([mutation])
    else free.push(mutation)
  }
  return groups
}

t.test('validation', async (t) => {
  const path = await adoptedFile(t, 400, { responsibleParties: true })
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')

  for (const [index, group] of apart(mutations).entries())
    t.test(`finds each damage of a copy with ${group.length}, the ${index + 1}. of them`, async (t) => {
      const copy = copyOf(t, path)
      const db = sqlConsole(copy)
      const damaged = group.map((mutation) => ({
        ...mutation,
        id: db.prepare(mutation.id).pluck().get() as string,
      }))
      // The guard keeps the sync quiet: this is damage, not a write.
      db.exec(`INSERT INTO sync_guard VALUES ('test')`)
      for (const { title, sql, id } of damaged)
        t.equal(db.prepare(sql).run({ id }).changes, 1, `the damage was done: ${title}`)
      db.exec('DELETE FROM sync_guard')
      db.close()
      const { state, report, error } = await runHere(copy, 'validate')
      t.equal(state, 'failed', error?.detail ?? '')
      const samples = (report?.checks.flatMap((check) => (check.status === 'failed' ? check.samples : [])) ??
        []) as { table?: string; id?: string; column?: string }[]
      for (const { title, table, id, column } of damaged)
        t.ok(
          samples.some((named) => named.table === table && named.id === id && named.column === column),
          `finds that ${title}, and names ${table} ${id} ${column}`,
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
