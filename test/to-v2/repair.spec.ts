import t from 'tap'
import type { Handle } from '../../src/db/database.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'
import { differences } from './two-way/equal.js'

const one = (db: Handle, sql: string) => db.prepare(sql).pluck().get()
const anInstance = (db: Handle) => String(one(db, 'SELECT min(id) FROM supplier_task_instances'))

t.test('a sync that was damaged', async (t) => {
  const base = await adoptedFile(t, 60, { responsibleParties: true })
  t.equal((await runHere(base, 'migrate')).state, 'succeeded')
  const damaged = (damage: (db: Handle) => void) => {
    const path = copyOf(t, base)
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    db.pragma('foreign_keys = ON')
    damage(db)
    return { path, db }
  }

  t.test('by a trigger that is gone closes the cutover, until a repair', async (t) => {
    const { path, db } = damaged((db) => {
      db.exec('DROP TRIGGER up_supplier_task_instances_update')
      db.exec(`UPDATE supplier_task_instances SET notes = 'missed', updatedAt = 4000000000000`)
    })
    const refused = await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(refused.error, { code: 'gate-closed', detail: /up_supplier_task_instances_update is missing/ })
    const { state, report } = await runHere(path, 'repair')
    t.equal(state, 'succeeded')
    t.match(report?.issues, [{ code: 'mended', table: 'supplier_task_instances', count: 60 }])
    t.strictSame(await differences(db), [])
    t.equal(one(db, `SELECT count(*) FROM v2_supplier_task_instances WHERE notes = 'missed'`), 60)
    t.equal((await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })).state, 'succeeded')
  })

  t.test('by a trigger or a view that was altered', async (t) => {
    for (const alter of [
      `DROP TRIGGER down_v2_tasks_update;
       CREATE TRIGGER down_v2_tasks_update AFTER UPDATE ON v2_tasks BEGIN SELECT 1; END`,
      `DROP VIEW twins; CREATE VIEW twins AS SELECT 1 AS twinOf, 2 AS milestoneId, 3 AS homeId, 4 AS id WHERE 0`,
      `DROP TRIGGER write_tasks_run`,
    ]) {
      const { path, db } = damaged((db) => db.exec(alter))
      t.equal((await runHere(path, 'validate')).state, 'failed')
      t.equal((await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })).error?.code, 'gate-closed')
      t.equal((await runHere(path, 'repair')).state, 'succeeded')
      t.strictSame(await differences(db), [])
    }
  })

  t.test('by triggers of the history that are gone or altered, which a repair makes anew', async (t) => {
    const { path, db } = damaged((db) => {
      db.exec('DROP TRIGGER history_v2_supplier_task_instances_update; DROP TRIGGER mirror_origin_begin')
      db.exec(`CREATE TRIGGER mirror_origin_begin AFTER INSERT ON sync_guard BEGIN SELECT 1; END`)
    })
    t.equal((await runHere(path, 'validate')).state, 'failed')
    t.equal((await runHere(path, 'repair')).state, 'succeeded')
    db.exec(`UPDATE supplier_task_instances SET notes = 'seen' WHERE id = '${anInstance(db)}'`)
    t.match(db.prepare('SELECT * FROM change_history').all(), [{ newValue: 'seen', origin: 'v1' }])
  })

  t.test('by a guard row that was left behind is found, and mended', async (t) => {
    const { path, db } = damaged((db) => {
      db.exec(`INSERT INTO sync_guard VALUES ('up')`)
      db.exec(`UPDATE v2_supplier_task_instances SET notes = 'by v2', updatedAt = 4000000000000
        WHERE id = '${anInstance(db)}'`)
      db.exec(`UPDATE tasks SET name = name || ' (by v1)', updatedAt = 4000000000000`)
    })
    const refused = await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(refused.error, { code: 'gate-closed', detail: /guard row/ })
    t.equal(one(db, 'SELECT count(*) FROM sync_guard'), 0)
    t.match(one(db, 'SELECT what FROM sync_alarms'), /guard row/)
    t.equal((await runHere(path, 'repair')).state, 'succeeded')
    t.strictSame(await differences(db), [])
    t.equal(one(db, `SELECT notes FROM supplier_task_instances WHERE id = '${anInstance(db)}'`), 'by v2')
    t.equal(
      one(db, `SELECT count(*) FROM v2_tasks WHERE name NOT LIKE '% (by v1)%' AND id NOT GLOB 'legacy~*'`),
      0,
    )
  })

  t.test('is mended by the side that the operator names', async (t) => {
    const damage = (db: Handle) => {
      db.exec(`INSERT INTO sync_guard VALUES ('up')`)
      db.exec(`UPDATE v2_supplier_task_instances SET notes = 'by v2' WHERE id = '${anInstance(db)}'`)
      db.exec(`UPDATE supplier_task_instances SET notes = 'by v1' WHERE id = '${anInstance(db)}'`)
      db.exec(
        `DELETE FROM v2_supplier_task_instances WHERE id = (SELECT max(id) FROM supplier_task_instances)`,
      )
      db.exec('DELETE FROM sync_guard')
    }
    for (const keep of ['v1', 'v2']) {
      const { path, db } = damaged(damage)
      t.equal((await runHere(path, 'repair', { keep })).state, 'succeeded')
      t.strictSame(await differences(db), [])
      t.equal(
        one(db, `SELECT notes FROM supplier_task_instances WHERE id = '${anInstance(db)}'`),
        `by ${keep}`,
      )
      t.equal(
        one(
          db,
          'SELECT count(*) FROM v2_supplier_task_instances WHERE id NOT IN (SELECT id FROM task_instances_old)',
        ),
        60,
        'what only one side has is kept',
      )
    }
  })
})

t.test('a cutover looks at what was written since the last validation', async (t) => {
  const path = await adoptedFile(t, 60)
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  const db = sqlConsole(path)
  t.teardown(() => db.close())

  t.test('and is closed where a row differs', async (t) => {
    db.exec(`UPDATE supplier_task_instances SET notes = 'touched' WHERE id = '${anInstance(db)}'`)
    t.strictSame(db.prepare('SELECT * FROM touched_rows').all(), [
      { mapping: 'instances', rowId: anInstance(db) },
    ])
    db.exec(`INSERT INTO sync_guard VALUES ('up');
      UPDATE v2_supplier_task_instances SET notes = 'astray' WHERE id = '${anInstance(db)}'; DELETE FROM sync_guard`)
    const refused = await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })
    t.match(refused.error, { code: 'gate-closed', detail: /^1 rows are not equal in both schemas/ })
    db.exec(`UPDATE supplier_task_instances SET notes = 'touched again' WHERE id = '${anInstance(db)}'`)
    t.equal((await runHere(path, 'cutover', { groups: { dashboard: 'v2' } })).state, 'succeeded')
  })

  /** So many, of a mapping that a cutover knows or of another, which it cannot compare. */
  const touchMany = (mapping: string) =>
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
      INSERT OR IGNORE INTO touched_rows SELECT '${mapping}', 'none' || i FROM n`)

  t.test('and finds the one that differs among many', async (t) => {
    touchMany('tasks')
    const last = one(db, 'SELECT max(id) FROM supplier_task_instances')
    db.exec(`UPDATE supplier_task_instances SET notes = 'touched last' WHERE id = '${String(last)}';
      INSERT INTO sync_guard VALUES ('up');
      UPDATE v2_supplier_task_instances SET notes = 'astray' WHERE id = '${String(last)}'; DELETE FROM sync_guard`)
    const groups = { dashboard: 'v2', taskRead: 'v2' }
    const refused = await runHere(path, 'cutover', { groups })
    t.match(refused.error, { code: 'gate-closed', detail: /^1 rows are not equal in both schemas/ })
    db.exec(`UPDATE supplier_task_instances SET notes = 'mended' WHERE id = '${String(last)}'`)
    touchMany('tasks')
    t.equal((await runHere(path, 'cutover', { groups })).state, 'succeeded')
    t.equal(one(db, 'SELECT count(*) FROM touched_rows'), 0)
  })

  t.test('and asks for a validation when that is too much', async (t) => {
    touchMany('of another service')
    const groups = { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2' }
    const refused = await runHere(path, 'cutover', { groups })
    t.match(refused.error, { code: 'gate-closed', detail: /run validate again/ })
    t.equal((await runHere(path, 'validate')).state, 'succeeded')
    t.equal(one(db, "SELECT count(*) FROM touched_rows WHERE rowId GLOB 'none*'"), 0)
    t.equal((await runHere(path, 'cutover', { groups })).state, 'succeeded')
  })
})
