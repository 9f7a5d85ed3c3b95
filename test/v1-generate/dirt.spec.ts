import t from 'tap'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { dirtClasses, type DirtMade } from '../../src/v1/generate/dirt/add-dirt.js'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'
import { temporaryFolder } from '../helper.js'
import { run } from '../scripts/processes.js'
import { allRows, generated, openReadOnly, tableNames, valueOf } from './generated.js'

const small = { instances: 100, seed: 6 }

/** A generated file with dirt, and what was made of it. */
function dirty(
  t: Parameters<typeof generated>[0],
  options: NonNullable<Parameters<typeof generated>[1]> = {},
) {
  let made: DirtMade[] = []
  const file = generated(t, {
    ...small,
    dirt: { classes: 'all', percent: 100 },
    ...options,
    onDirt: (dirt) => (made = dirt),
  })
  return { ...file, made }
}

t.test('dirt', async (t) => {
  t.test('is the same for a seed, and another for another', async (t) => {
    const first = dirty(t)
    const second = dirty(t)
    t.same(second.made, first.made)
    t.same(allRows(second.db), allRows(first.db))
    t.notSame(dirty(t, { seed: 7 }).made, first.made)
  })

  t.test('comes after the valid rows, which stay the same', async (t) => {
    const clean = allRows(generated(t, small).db)
    const mixed = allRows(dirty(t).db)
    for (const [table, rows] of Object.entries(clean))
      t.same(mixed[table]?.slice(0, rows.length), rows, table)
  })

  t.test('is of every class, in rows that are there, and counted with them', async (t) => {
    const { db, counts, made } = dirty(t)
    t.same(new Set(made.map(({ code }) => code)), new Set(dirtClasses))
    for (const { table, ids, count } of made) {
      t.equal(ids.length, count)
      t.equal(new Set(ids).size, count)
      const found = db.prepare(`SELECT count(*) FROM "${table}" WHERE id IN (SELECT value FROM json_each(?))`)
      t.equal(found.pluck().get(JSON.stringify(ids)), count, table)
    }
    for (const table of tableNames(db))
      t.equal(valueOf(db, `SELECT count(*) FROM "${table}"`), counts[table], table)
    t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
  })

  t.test(
    'is of the classes asked for alone, at least one row of each kind, and as much as was asked',
    async (t) => {
      const classes = ['odd-boolean', 'task-twice']
      const least = dirty(t, { dirt: { classes, percent: 0 } }).made
      t.same(new Set(least.map(({ code }) => code)), new Set([...classes, 'misfiled-template']))
      t.ok(least.filter(({ code }) => code === 'odd-boolean').every(({ count }) => count === 1))
      const most = dirty(t, { dirt: { classes: ['odd-boolean'], percent: 80 } }).made
      t.equal(
        most.reduce((sum, { count }) => sum + count, 0),
        80,
      )
    },
  )

  t.test('puts a NULL only where the file’s columns take it', async (t) => {
    t.notOk(dirty(t).made.some(({ subcase }) => subcase === 'null'))
    const { db, made } = dirty(t, { lenient: true })
    const dates = made.filter(({ code, subcase }) => code === 'bad-date' && subcase === 'null')
    t.ok(dates.length > 20)
    for (const { table, column, ids } of dates)
      t.equal(
        valueOf(
          db,
          `SELECT count(*) FROM "${table}" WHERE "${column ?? ''}" IS NULL AND id = '${ids[0] ?? ''}'`,
        ),
        1,
      )
  })

  t.test('of a file of the older generation is of what that has', async (t) => {
    const { made, db } = dirty(t, { generation: 'legacy' })
    t.same(
      made.filter(({ table }) => !tableNames(db).includes(table)),
      [],
    )
    t.ok(made.some(({ table, code }) => table === 'task_instances' && code === 'orphan'))
    const path = join(temporaryFolder(t), 'none.db')
    const dirt = { classes: ['task-twice', 'orphan'], percent: 1 }
    t.throws(() => generateV1({ ...small, path, generation: 'legacy', dirt }), {
      code: 'no-place-for-dirt',
      detail: /task-twice\.$/,
    })
    t.notOk(existsSync(path))
  })

  t.test('has bytes and numbers that JavaScript would change', async (t) => {
    const { db } = dirty(t)
    t.equal(valueOf(db, `SELECT count(*) FROM supplier_task_instances WHERE hex(notes) = '61EDA08062'`), 1)
    t.equal(valueOf(db, `SELECT count(*) FROM supplier_task_instances WHERE instr(notes, char(0)) > 0`), 1)
    t.equal(valueOf(db, `SELECT count(*) FROM supplier_task_instances WHERE length(notes) = 1048576`), 1)
    t.equal(
      valueOf(db, `SELECT CAST(max(sequence) AS TEXT) FROM tasks WHERE typeof(sequence) = 'integer'`),
      '9007199254740992',
    )
  })
})

t.test('generate-v1 --dirt', async (t) => {
  const script = 'scripts/generate-v1.js'
  const folder = temporaryFolder(t)

  t.test('prints with --json what was made', async (t) => {
    const path = join(folder, 'all.db')
    const args = [
      path,
      '--instances',
      '100',
      '--seed',
      '6',
      '--dirt',
      'all',
      '--dirt-percent',
      '100',
      '--json',
    ]
    const { code, stdout } = await run(t, script, { args })
    t.equal(code, 0)
    const printed = JSON.parse(stdout) as { dirt: DirtMade[] }
    t.same(printed.dirt, dirty(t).made)
    t.same(allRows(openReadOnly(t, path)), allRows(dirty(t).db))
  })

  t.test('takes classes with commas between them, and says what it made of them', async (t) => {
    const args = [join(folder, 'some.db'), '--instances', '50', '--dirt', 'orphan, odd-text', '--lenient']
    const { code, stdout } = await run(t, script, { args })
    t.equal(code, 0)
    t.match(stdout, / 1 {2}orphan \(null\) in tasks\.milestoneId\n/)
    t.match(stdout, / 1 {2}odd-text \(nul\) in supplier_task_instances\.notes\n/)
  })

  t.test('ends with 2 where it is used wrongly', async (t) => {
    const wrong: [string[], string][] = [
      [['--dirt', 'mud'], '--dirt is all or orphan or'],
      [['--dirt', 'orphan,all'], '--dirt is all, or classes.'],
      [['--dirt', 'all', '--dirt-percent', '101'], '--dirt-percent is a number from 0 to 100'],
      [['--dirt', 'all', '--dirt-percent', 'much'], '--dirt-percent is a number'],
    ]
    for (const [args, message] of wrong) {
      const path = join(folder, 'wrong.db')
      const { code, stderr } = await run(t, script, { args: [path, ...args] })
      t.equal(code, 2)
      t.match(stderr, message)
      t.notOk(existsSync(path))
    }
  })
})
