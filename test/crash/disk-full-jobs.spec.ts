import { cpSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { adoptedFile, runHere, sqlConsole } from '../to-v2/migrated.js'
import { dataOf } from '../to-v2/restored-file.js'
import { effort } from './effort.js'
import { fileProblems } from './file-health.js'
import { endStates, operatorAt } from './operator.js'
import { watchReads } from './reads.js'
import { startLife } from './server-life.js'
import { mountSmallDisk, type SmallDisk } from './small-disk.js'
import { stopped } from './stand-still.js'
import { requireWholeBackups } from './whole-backups.js'

const DAY_MS = 86_400_000
const DISK_MB = 64
/** Enough to begin with, and to say how it ended. */
const LEFT_BYTES = 40_960
/** The end itself may have to wait for room. */
const LONGEST_FULL_MS = 20_000

interface Case {
  job: string
  options: (ids: { backupId: string }) => object
  /** Where the disk becomes full. */
  at: string
  /** In the stage that the job is for. */
  ready: (path: string) => Promise<unknown>
  leaves: string
  /** Which version is read meanwhile. */
  reads: 'v1' | 'v2'
  /** What tells the operator that there is no room. */
  problem: { codes: readonly string[]; detail: RegExp }
}

const full = { codes: ['disk-full'], detail: /space/ }

const migrate = (path: string): Promise<unknown> => runHere(path, 'migrate', { backup: false })

const cases: Case[] = [
  {
    job: 'rollback',
    options: () => ({ level: 'schema' }),
    at: 'rollback: begins',
    ready: migrate,
    leaves: 'v1',
    reads: 'v1',
    problem: full,
  },
  {
    job: 'restore',
    options: ({ backupId }) => ({ backupId, confirm: backupId }),
    at: 'restore: rests',
    async ready(path) {
      await migrate(path)
      const db = sqlConsole(path)
      db.exec(`UPDATE supplier_task_instances SET notes = 'since the backup' WHERE rowid % 2 = 0`)
      db.close()
    },
    leaves: 'v1',
    reads: 'v1',
    problem: full,
  },
  {
    job: 'contract',
    options: () => ({ confirm: 'drop-v1' }),
    at: 'contract: begins',
    async ready(path) {
      await migrate(path)
      await runHere(path, 'cutover', { groups: allGroupsOn('v2') })
      const db = sqlConsole(path)
      db.prepare('UPDATE migration_state SET cutoverAt = cutoverAt - ?').run(31 * DAY_MS)
      db.close()
    },
    leaves: 'contracted',
    reads: 'v2',
    // It may be asked, or asked again, before anything is written: there is no room for its backup.
    problem: { codes: ['disk-full', 'contract-refused'], detail: /space|bytes/ },
  },
]

/** The WAL may have room in itself. */
function emptyWal(path: string): void {
  const db = sqlConsole(path)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

async function onDisk(
  t: Test,
  disk: SmallDisk,
  { ready }: Case,
): Promise<{ path: string; backupId: string }> {
  const made = await adoptedFile(t, 1_500)
  const { id: backupId } = await runHere(made, 'backup')
  await ready(made)
  emptyWal(made)
  const path = join(disk.folder, 'app.db')
  cpSync(made, path)
  cpSync(join(dirname(made), 'backups'), join(disk.folder, 'backups'), { recursive: true })
  return { path, backupId }
}

/** What a restore notes meanwhile is no part of the data. */
const looked = (path: string) => {
  const { rows, ...data } = dataOf(path)
  return { ...data, rows: { ...rows, touched_rows: undefined, restore_touched: undefined } }
}

t.test('a disk that becomes full', { timeout: effort.limitMs }, async (t) => {
  for (const one of cases)
    t.test(`in a ${one.job} does no half of it, reads go on, and with room it is done`, async (t) => {
      const disk = mountSmallDisk(t, DISK_MB)
      if (disk === undefined) return t.pass('nothing can be mounted here', { skip: true })
      const { path, backupId } = await onDisk(t, disk, one)
      const before = looked(path)
      const life = startLife(path, { signalAt: `SIGSTOP ${one.at} #1` })
      t.teardown(() => life.signal('SIGKILL'))
      const operator = operatorAt(await life.address)
      const options = one.options({ backupId })
      const { id } = await operator.start(one.job, options)
      await stopped(life)
      emptyWal(path)
      disk.fill(LEFT_BYTES)
      life.signal('SIGCONT')
      const reads = watchReads(operator, one.reads)
      const fullUntil = Date.now() + LONGEST_FULL_MS
      while (Date.now() < fullUntil && !endStates.includes((await operator.get(id)).state)) await sleep(50)
      while (reads.count() === 0) await sleep(10)
      t.same(reads.stop().failures, [], life.told())
      t.strictSame(looked(path).rows, before.rows, 'nothing was done while there was no room')
      disk.free()
      const { state, error } = await operator.until(id, endStates)
      t.same(fileProblems(path), [])
      await requireWholeBackups(path)
      // Where not even the end could be written down, the job goes on once there is room.
      if (state !== 'succeeded') {
        t.match({ state, error }, { state: 'failed', error: { detail: one.problem.detail } })
        t.ok(one.problem.codes.includes(error?.code ?? ''), `ends with ${String(error?.code)}`)
        t.strictSame(looked(path), before)
      }
      t.comment(`${one.job}: ${state}`)
      if (state === 'succeeded') return t.equal(await operator.stage(), one.leaves)
      const again = await operator.start(one.job, options)
      t.match(await operator.until(again.id, endStates), { state: 'succeeded', error: null })
      t.equal(await operator.stage(), one.leaves)
      return undefined
    })
})
