import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { v1OnlyTables } from '../../src/v1/to-v2/v1-only-tables.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from '../to-v2/migrated.js'
import { v2Contents } from '../to-v2/v1-file.js'
import { effort } from './effort.js'
import { fileProblems } from './file-health.js'
import { endStates, operatorAt } from './operator.js'
import { startLife, type Fate, type Life } from './server-life.js'
import { requireWholeBackups } from './whole-backups.js'

const DAY_MS = 86_400_000

/** A file of which v1 may go: cut over long ago, validated just now, backed up. */
async function readyFile(t: Test): Promise<string> {
  const path = await adoptedFile(t, 300)
  await runHere(path, 'migrate')
  await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
  const db = sqlConsole(path)
  db.prepare('UPDATE migration_state SET cutoverAt = cutoverAt - ?').run(31 * DAY_MS)
  db.close()
  return path
}

/** What there is of v1: all of it, or nothing. */
function lookAt(path: string) {
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

async function contract(life: Life): Promise<string> {
  const operator = operatorAt(await life.address)
  return (await operator.start('contract', { confirm: 'drop-v1' })).id
}

t.test('a server that is killed while it drops v1', { timeout: effort.limitMs }, async (t) => {
  const ready = await readyFile(t)
  t.jobs = 3
  const deaths: [string, Fate, number?][] = [
    ['before it begins', { signalAt: 'SIGKILL contract: begins #1' }],
    ['while it checks its backup', { signalAt: 'SIGKILL contract: rests #5' }],
    ['right after it', { signalAt: 'SIGKILL contract: ends #1' }],
    ...[0, 20, 60].map((ms): [string, Fate, number] => [`${ms} ms into it`, {}, ms]),
  ]
  for (const [title, fate, afterMs] of deaths)
    t.test(
      `${title} leaves all of v1 or nothing, and the next one ends it`,
      { buffered: true },
      async (t) => {
        const path = copyOf(t, ready)
        await runHere(path, 'backup')
        const before = lookAt(path)
        const life = startLife(path, fate)
        const id = await contract(life)
        if (afterMs !== undefined) {
          const operator = operatorAt(await life.address)
          while ((await operator.get(id)).phase !== 'contract') await pause(2)
          await pause(afterMs)
          life.signal('SIGKILL')
        }
        await life.ended
        t.same(fileProblems(path), [])
        const left = lookAt(path)
        t.strictSame(left.v2, before.v2)
        t.match(left, left.stage === 'contracted' ? { v1: 0 } : { stage: 'cutover', v1: before.v1 })

        const next = startLife(path)
        const operator = operatorAt(await next.address)
        t.match(await operator.until(id, endStates), { state: 'succeeded', error: null })
        t.match(lookAt(path), { stage: 'contracted', v1: 0 })
        t.equal((await operator.client.request('GET', '/v1/dashboard')).status, 410)
        next.signal('SIGTERM')
        t.equal((await next.ended).code, 0)
        await requireWholeBackups(path)
      },
    )
})
