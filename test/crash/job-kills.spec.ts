import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { readTables } from '../../src/migration/backup/table-lines.js'
import { isOfCapture } from '../../src/migration/restore/capture.js'
import { isOfJournal } from '../../src/migration/journal-files.js'
import { v1OnlyTables } from '../../src/v1/to-v2/v1-only-tables.js'
import { adoptedFile, contentsOf, runHere, sqlConsole } from '../to-v2/migrated.js'
import { schemaOf, v2Contents } from '../to-v2/v1-file.js'
import { effort } from './effort.js'
import { killEverywhere, type KillCounts } from './job-kills.js'

const DAY_MS = 86_400_000
const INSTANCES = 150
/** By these jobs together. */
const FEWEST_KILLS = 40

/** A validation empties it; the capture is the restore's own, and goes with its end. */
const isData = (name: string) => !isOfJournal(name) && !isOfCapture(name) && name !== 'touched_rows'

/** Every byte of the data, and how it is declared. */
function lookAtAll(path: string) {
  const db = sqlConsole(path)
  const found = {
    stage: db.prepare('SELECT stage FROM migration_state').pluck().get() as string,
    rows: Object.fromEntries(
      readTables(db)
        .filter(({ name }) => isData(name))
        .map(({ name }) => [name, contentsOf(db, name)]),
    ),
    schema: (schemaOf(db) as { name: string }[]).filter(({ name }) => !isOfCapture(name)),
  }
  db.close()
  return found
}

/** What there is of v1: all of it, or nothing. */
function lookAtBoth(path: string) {
  const db = sqlConsole(path)
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()
  const found = {
    stage: db.prepare('SELECT stage FROM migration_state').pluck().get(),
    v1: v1OnlyTables.filter((name) => tables.includes(name)).length,
    v2: v2Contents(db),
  }
  db.close()
  return found
}

/** No capture is left in the file either. */
function checkSame(t: Test, path: string, expected: ReturnType<typeof lookAtAll>) {
  t.strictSame(lookAtAll(path), expected)
  const db = sqlConsole(path)
  t.same(
    (schemaOf(db) as { name: string }[]).filter(({ name }) => isOfCapture(name)),
    [],
  )
  db.close()
}

const firstOf = (...points: string[]) => points.map((point) => `${point} #1`)

t.test('a server that is killed at work', { timeout: effort.limitMs }, async (t) => {
  const counts: KillCounts = new Map()

  t.test('on a backup', async (t) => {
    const ready = await adoptedFile(t, INSTANCES)
    const all = lookAtAll(ready)
    t.jobs = 3
    killEverywhere(
      t,
      {
        ready,
        job: 'backup',
        options: {},
        phase: 'backup',
        deaths: [
          ...firstOf('queued: a worker begins', 'backup: begins', 'backup: ends', 'end: in a transaction'),
          ...[1, 2, 3, 5, 8, 12, 16, 20].map((n) => `backup: rests #${n}`),
        ],
        lookAt: lookAtAll,
        checkLeft: (t, left) => t.strictSame(left, all),
        checkEnd: async (t, path) => {
          t.strictSame(lookAtAll(path), all)
        },
      },
      counts,
    )
  })

  t.test('on a rollback', async (t) => {
    const ready = await adoptedFile(t, INSTANCES)
    const v1 = lookAtAll(ready)
    await runHere(ready, 'migrate', { backup: false })
    const both = lookAtAll(ready)
    t.jobs = 3
    killEverywhere(
      t,
      {
        ready,
        job: 'rollback',
        options: { level: 'schema' },
        phase: 'rollback',
        deaths: [
          ...firstOf('queued: a worker begins', 'backup: begins', 'backup: ends', 'rollback: begins'),
          ...firstOf('rollback: in a transaction', 'rollback: after a transaction', 'rollback: ends'),
          ...firstOf('end: in a transaction', 'backup: rests'),
          'backup: rests #15',
          10,
        ],
        lookAt: lookAtAll,
        checkLeft: (t, left) => t.strictSame(left, left.stage === 'v1' ? v1 : both),
        checkEnd: async (t, path) => {
          t.strictSame(lookAtAll(path), v1)
        },
      },
      counts,
    )
  })

  t.test('on a restore', async (t) => {
    const ready = await adoptedFile(t, INSTANCES)
    await runHere(ready, 'migrate', { backup: false })
    const { id: backupId } = await runHere(ready, 'backup')
    const backedUp = lookAtAll(ready)
    await runHere(ready, 'rollback', { level: 'schema' })
    const v1 = lookAtAll(ready)
    t.jobs = 3
    killEverywhere(
      t,
      {
        ready,
        job: 'restore',
        options: { backupId, confirm: backupId },
        phase: 'restore',
        deaths: [
          ...firstOf('assess: rests', 'backup: rests', 'restore: begins', 'restore: in a transaction'),
          ...firstOf('restore: after a transaction', 'restore: rests', 'restore: ends', 'validate: begins'),
          'restore: rests #4',
          'restore: rests #9',
          ...[20, 80, 140],
        ],
        lookAt: lookAtAll,
        checkLeft: (t, left) => t.strictSame(left, left.stage === 'v1' ? v1 : backedUp),
        checkEnd: async (t, path) => checkSame(t, path, backedUp),
      },
      counts,
    )
  })

  t.test('on the end of v1', async (t) => {
    // Cut over long ago, validated just now, backed up.
    const ready = await adoptedFile(t, INSTANCES)
    await runHere(ready, 'migrate')
    await runHere(ready, 'cutover', { groups: allGroupsOn('v2') })
    const db = sqlConsole(ready)
    db.prepare('UPDATE migration_state SET cutoverAt = cutoverAt - ?').run(31 * DAY_MS)
    db.close()
    await runHere(ready, 'backup')
    t.jobs = 3
    killEverywhere(
      t,
      {
        ready,
        job: 'contract',
        options: { confirm: 'drop-v1' },
        phase: 'contract',
        deaths: [
          ...firstOf('backup: begins', 'backup: rests', 'backup: ends'),
          ...firstOf('contract: begins', 'contract: rests', 'contract: ends', 'end: in a transaction'),
          'backup: rests #5',
          'backup: rests #12',
          'contract: rests #5',
          ...[20, 60],
        ],
        lookAt: lookAtBoth,
        checkLeft(t, left, before) {
          t.strictSame(left.v2, before.v2)
          t.match(left, left.stage === 'contracted' ? { v1: 0 } : { stage: 'cutover', v1: before.v1 })
        },
        async checkEnd(t, path, { client }) {
          t.match(lookAtBoth(path), { stage: 'contracted', v1: 0 })
          t.equal((await client.request('GET', '/v1/dashboard')).status, 410)
          t.ok(existsSync(join(dirname(path), 'backups')))
        },
      },
      counts,
    )
  })

  t.test('was killed often enough', async (t) => {
    t.comment([...counts].map(([job, kills]) => `${job} ${kills}`).join(', '))
    const kills = [...counts.values()].reduce((sum, one) => sum + one, 0)
    t.ok(kills >= FEWEST_KILLS, `${kills} kills`)
    t.same([...counts.keys()].sort(), ['backup', 'contract', 'restore', 'rollback'])
  })
})
