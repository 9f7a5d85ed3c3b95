import { execFileSync, spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from './migrated.js'
import { differences } from './two-way/equal.js'

/**
 * The old application, and an operator's console, bring the SQLite that they were built with. What its parser does not
 * know in a trigger makes it say that the schema is malformed, of a file that it could read the day before.
 */
const asked = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' })
const older = asked.error === undefined ? asked.stdout.split(' ')[0] : undefined

/** Run by the older SQLite, while nobody else has the file open. */
const runOlder = (path: string, sql: string) =>
  execFileSync('sqlite3', ['-bail', path, `PRAGMA foreign_keys = ON; ${sql}`], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })

const path = await adoptedFile(t, 300, { responsibleParties: true })
t.equal((await runHere(path, 'migrate')).state, 'succeeded')

function asking<Result>(path: string, ask: (db: Handle) => Result): Result {
  const db = sqlConsole(path)
  try {
    return ask(db)
  } finally {
    db.close()
  }
}

const namesOf = (db: Handle, sql: string) => db.prepare(sql).pluck().all() as string[]
const tablesWithTriggers = `SELECT DISTINCT tbl_name FROM sqlite_master
  WHERE type = 'trigger' AND tbl_name IN (SELECT name FROM sqlite_master WHERE type = 'table')`

/** What makes SQLite compile every trigger and every view. */
const compileAll = asking(path, (db) => [
  ...namesOf(db, tablesWithTriggers).flatMap((table) => {
    const columns = namesOf(db, `SELECT name FROM pragma_table_info('${table}')`)
    return [
      `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${table}`,
      `UPDATE ${table} SET ${columns.map((column) => `${column} = ${column}`).join(', ')}`,
      `DELETE FROM ${table}`,
    ]
  }),
  ...namesOf(db, `SELECT name FROM sqlite_master WHERE type = 'view'`).map((view) => `SELECT * FROM ${view}`),
])

/** By the old application, and by a console in v2. */
const writes = [
  `DELETE FROM project_milestone_tasks WHERE id = (SELECT max(id) FROM project_milestone_tasks)`,
  `DELETE FROM v2_tasks WHERE id = (SELECT max(id) FROM v2_tasks)`,
  `UPDATE tasks SET name = name || ' (older)' WHERE id = (SELECT min(id) FROM tasks)`,
  `UPDATE v2_task_type_sections SET name = name || ' (older)' WHERE id = (SELECT max(id) FROM v2_task_type_sections)`,
  `UPDATE supplier_task_instances SET status = 'blocked', notes = 'by an older one' WHERE id = (SELECT min(id) FROM supplier_task_instances)`,
  `UPDATE v2_supplier_task_instances SET notes = 'by an older one in v2', dueDate = 1790000000000
    WHERE id = (SELECT max(id) FROM v2_supplier_task_instances)`,
]

t.test('an older SQLite', async (t) => {
  t.test(
    'is asked for nothing that it is known not to parse: an alias of what a trigger changes',
    async (t) => {
      const triggers = asking(path, (db) =>
        namesOf(db, `SELECT sql FROM sqlite_master WHERE type = 'trigger'`),
      )
      t.ok(triggers.length > 50, `${triggers.length} triggers`)
      t.same(
        triggers.flatMap(
          (sql) => /(?:\bUPDATE|DELETE FROM|INSERT INTO) (?:OR \w+ )?\w+ AS .*/.exec(sql)?.[0] ?? [],
        ),
        [],
      )
    },
  )

  const skip = older === undefined && 'there is no sqlite3 command'
  t.test('opens the file, and compiles every trigger and view', { skip }, async (t) => {
    t.comment(`sqlite3 ${older ?? ''}`)
    t.ok(compileAll.length > 100, `${compileAll.length} statements`)
    runOlder(copyOf(t, path), compileAll.map((sql) => `EXPLAIN QUERY PLAN ${sql};`).join('\n'))
  })

  t.test('writes on either side, and both stay equal', { skip }, async (t: Test) => {
    const copy = copyOf(t, path)
    for (const sql of writes) t.match(runOlder(copy, `${sql}; SELECT changes();`), /^1$/m, sql)
    const db = sqlConsole(copy)
    t.teardown(() => db.close())
    t.strictSame(await differences(db), [])
    for (const table of ['supplier_task_instances', 'v2_supplier_task_instances']) {
      const written = db.prepare(`SELECT count(*) FROM ${table} WHERE notes LIKE 'by an older one%'`)
      t.equal(written.pluck().get(), 2, table)
    }
  })
})
