import t from 'tap'
import { allRows, generated, valueOf } from './generated.js'

t.test('a generated file', async (t) => {
  for (const generation of ['active', 'legacy'] as const)
    for (const instances of [0, 1, 50, 2000, 12_345])
      t.test(`of ${instances} instances, ${generation} generation, is exact and sound`, async (t) => {
        const { db, counts } = generated(t, { generation, instances })
        const table = generation === 'active' ? 'supplier_task_instances' : 'task_instances'
        t.equal(counts[table], instances)
        const rows = Object.entries(allRows(db))
        t.same(counts, Object.fromEntries(rows.map(([name, found]) => [name, found.length])))
        t.same(db.pragma('foreign_key_check'), [])
        t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
      })

  t.test('has the same rows for the same seed, and others for another', async (t) => {
    const options = { prismaMigrations: true, responsibleParties: true }
    const { db } = generated(t, options)
    t.same(allRows(db), allRows(generated(t, { ...options, journalMode: 'wal' }).db))
    t.not(valueOf(db, 'select id from tasks'), valueOf(generated(t, { seed: 2 }).db, 'select id from tasks'))
  })

  t.test(
    'has every active template of an assigned project as instances, but in the last assignment',
    async (t) => {
      const { db } = generated(t)
      const missing = `
      select count(distinct a.id) from supplier_project_instances a
      join project_milestone_tasks p on p.projectId = a.projectId and p.isActive = 1
      left join supplier_task_instances i on i.supplierProjectInstanceId = a.id and i.projectMilestoneTaskId = p.id
      where i.id is null and a.rowid < (select max(rowid) from supplier_project_instances)`
      t.equal(valueOf(db, missing), 0)
      t.equal(
        valueOf(
          db,
          `select count(*) from supplier_task_instances i join project_milestone_tasks p
      on p.id = i.projectMilestoneTaskId where p.isActive = 0`,
        ),
        0,
      )
    },
  )

  t.test('tells how far it is', async (t) => {
    const told: string[] = []
    generated(t, {
      instances: 25_000,
      onProgress: ({ phase, done, total }) => told.push(`${phase} ${done}/${total}`),
    })
    t.equal(told[0], 'rows 0/25000')
    t.ok(told.includes('rows 25000/25000'))
    t.match(told.at(-1), /^indexes (\d+)\/\1$/)
  })
})
