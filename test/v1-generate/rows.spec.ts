import t from 'tap'
import { storedInstant } from '../../src/db/stored-instant.js'
import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { BASE_INSTANT } from '../../src/v1/generate/stored-date.js'
import { generated, tableNames, valueOf } from './generated.js'

const instances = 'from supplier_task_instances where'

t.test('generated rows', async (t) => {
  const { db } = generated(t)
  const share = (condition: string) => Number(valueOf(db, `select count(*) ${instances} ${condition}`)) / 2000

  t.test('have ids like cuids, that increase with time', async (t) => {
    for (const table of tableNames(db)) {
      const wrong = `select count(*) from "${table}" where id not glob 'c*' or length(id) <> 25`
      t.equal(valueOf(db, wrong), 0, table)
    }
    t.same(
      db.prepare('select id from supplier_task_instances order by id').all(),
      db.prepare('select id from supplier_task_instances order by rowid').all(),
    )
  })

  t.test('have dates in all three forms, each of them an instant', async (t) => {
    const columns = ['createdAt', 'updatedAt', 'dueDate', 'actualDueDate', 'completedAt']
    for (const column of columns) {
      const present = share(`${column} is not null`)
      t.equal(share(`${column} is not null and ${storedInstant(column)} is null`), 0, column)
      t.ok(share(`typeof(${column}) = 'integer'`) / present > 0.8, `${column} is mostly a number`)
      t.ok(share(`${column} glob '????-??-?? ??:??:??'`) / present > 0.05, `${column} is SQLite's text`)
    }
    t.ok(share(columns.map((column) => `${column} glob '*T*Z'`).join(' or ')) > 0)
    t.ok(share(columns.map((column) => `${column} glob '*T*+*:00'`).join(' or ')) > 0)
  })

  t.test('have dates in an order that can be', async (t) => {
    const [created, updated, completed] = ['createdAt', 'updatedAt', 'completedAt'].map(storedInstant)
    const late = `select count(*) ${instances} ${updated} < ${created} or ${completed} < ${created}
      or ${completed} > ${updated} or ${updated} > ${BASE_INSTANT}`
    t.equal(valueOf(db, late), 0)
    t.equal(share(`(status = 'completed') <> (completedAt is not null)`), 0)
    for (const table of tableNames(db).filter((name) => name !== 'supplier_projects_old'))
      t.equal(valueOf(db, `select count(*) from "${table}" where ${updated} < ${created}`), 0, table)
  })

  t.test('have statuses, overrides and texts in the shares wanted', async (t) => {
    for (const status of instanceStatuses) t.ok(share(`status = '${status}'`) > 0.02, status)
    const shares = { 'actualDueDate is not null': 0.15, 'isApplied = 0': 0.04, 'notes is not null': 0.3 }
    for (const [condition, wanted] of Object.entries({ ...shares, 'submissionFiles is not null': 0.1 }))
      t.ok(Math.abs(share(condition) - wanted) < wanted / 3, `${condition}: ${share(condition)}`)
    const overdue = `coalesce(${storedInstant('actualDueDate')}, ${storedInstant('dueDate')}) - ${BASE_INSTANT}`
    const open = `isApplied = 1 and status not in ('completed', 'cancelled')`
    t.ok(share(`${open} and ${overdue} < 0`) > 0.1, 'overdue')
    t.ok(share(`${open} and ${overdue} between 0 and 7 * 86400000`) > 0.01, 'due in the next 7 days')
  })

  t.test('have notes that careless code breaks', async (t) => {
    const kinds = [`'=%'`, `'%"%'`, `'%\n%'`, `'%🎉%'`, `'%DROP TABLE%'`]
    for (const kind of kinds) t.ok(share(`notes like ${kind}`) > 0, kind)
    t.ok(share('length(notes) > 1000') > 0, 'long')
  })

  t.test('have files and contacts as JSON arrays of records', async (t) => {
    const fields = (table: string, column: string) =>
      db.prepare(`select distinct f.key from "${table}" r, json_each(r.${column}) e, json_each(e.value) f`)
    const files = ['id', 'fileName', 'originalName', 'size', 'mimeType', 'path', 'uploadedAt']
    t.same(fields('supplier_task_instances', 'submissionFiles').pluck().all(), files)
    t.same(fields('suppliers', 'contacts').pluck().all(), ['name', 'role', 'email', 'phone'])
  })
})
