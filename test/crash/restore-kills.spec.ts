import { setTimeout as pause } from 'node:timers/promises'
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { readTables } from '../../src/migration/backup/table-lines.js'
import { isOfJournal } from '../../src/migration/journal-files.js'
import { adoptedFile, contentsOf, copyOf, runHere, sqlConsole } from '../to-v2/migrated.js'
import { effort } from './effort.js'
import { fileProblems } from './file-health.js'
import { endStates, operatorAt } from './operator.js'
import { startLife, type Fate } from './server-life.js'
import { requireWholeBackups } from './whole-backups.js'

/** Every byte of the data; a validation empties `touched_rows`. */
function lookAt(path: string) {
  const db = sqlConsole(path)
  const tables = readTables(db).filter(({ name }) => !isOfJournal(name) && name !== 'touched_rows')
  const found = {
    stage: db.prepare('SELECT stage FROM migration_state').pluck().get(),
    rows: Object.fromEntries(tables.map(({ name }) => [name, contentsOf(db, name)])),
  }
  db.close()
  return found
}

t.test('a server that is killed while it restores', { timeout: effort.limitMs }, async (t) => {
  const ready = await adoptedFile(t, 300)
  await runHere(ready, 'migrate', { backup: false })
  const { id: backupId } = await runHere(ready, 'backup')
  const backup = lookAt(ready)
  await runHere(ready, 'rollback', { level: 'schema' })
  const before = lookAt(ready)
  t.jobs = 3
  const deaths: [string, Fate, number?][] = [
    ['before it begins', { signalAt: 'SIGKILL restore: begins #1' }],
    ['right after it', { signalAt: 'SIGKILL restore: ends #1' }],
    ...[0, 40, 80, 160].map((ms): [string, Fate, number] => [`${ms} ms into it`, {}, ms]),
  ]
  for (const [title, fate, afterMs] of deaths)
    t.test(
      `${title} leaves the old data or the new, whole, and the next one ends it`,
      { buffered: true },
      async (t) => {
        const path = copyOf(t, ready)
        cpSync(join(dirname(ready), 'backups'), join(dirname(path), 'backups'), { recursive: true })
        const life = startLife(path, fate)
        const operator = operatorAt(await life.address)
        const { id } = await operator.start('restore', { backupId, confirm: backupId })
        if (afterMs !== undefined) {
          while ((await operator.get(id)).phase !== 'restore') await pause(2)
          await pause(afterMs)
          life.signal('SIGKILL')
        }
        await life.ended
        t.same(fileProblems(path), [])
        const left = lookAt(path)
        t.strictSame(left, left.stage === 'v1' ? before : backup)

        const next = startLife(path)
        t.match(await operatorAt(await next.address).until(id, endStates), {
          state: 'succeeded',
          error: null,
        })
        t.strictSame(lookAt(path), backup)
        next.signal('SIGTERM')
        t.equal((await next.ended).code, 0)
        await requireWholeBackups(path)
      },
    )
})
