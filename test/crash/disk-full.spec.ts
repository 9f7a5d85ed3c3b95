import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import type { Run } from '../../src/migration/run.js'
import { activeFile } from './active-file.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { hasFileLimits, limitFiles } from '../file-limits.js'
import { temporaryFolder } from '../helper.js'
import { adoptedFile, runHere, sqlConsole } from '../to-v2/migrated.js'
import { schemaOf, v1Contents } from '../to-v2/v1-file.js'
import { checkLife } from './check-life.js'
import { dealHands } from './hands.js'
import { endStates, operatorAt } from './operator.js'
import { watchReads } from './reads.js'
import { startLife } from './server-life.js'
import { stopped } from './stand-still.js'
import { readThings } from './things.js'
import { startLoad } from './write-load.js'
import { createWriteLog } from './write-log.js'
import { effort } from './effort.js'

const ROOM_AFTER_MS = 2_000

/** `migrate` on a database that may grow by so many pages from a phase on. */
const withRoomFor = (pages: number, from: string) =>
  jobKinds.map((kind) => ({
    ...kind,
    phases: (options: Parameters<typeof kind.phases>[0]) =>
      kind.phases(options).map((phase) => ({
        ...phase,
        run: async (run: Run) => {
          const used = Number(run.db.pragma('page_count', { simple: true }))
          if (phase.name === from) {
            run.db.pragma(`max_page_count = ${used + pages}`)
            // Somebody makes room for the report, which may need more pages than are left.
            setTimeout(() => run.db.open && run.db.pragma(`max_page_count = ${used + 10_000}`), ROOM_AFTER_MS)
          }
          await phase.run(run)
        },
      })),
  }))

t.test('a migration for which there is no room', async (t) => {
  for (const [phase, pages] of [
    ['expand', 20],
    ['backfill', 5],
    ['backfill', 60],
  ] as const)
    t.test(
      `with ${pages} pages left at its ${phase} fails, leaves all as it was, and succeeds with room`,
      async (t) => {
        const path = await adoptedFile(t, 1_500)
        const db = sqlConsole(path)
        t.teardown(() => db.close())
        const before = { v1: v1Contents(db), schema: schemaOf(db) }
        const { state, error } = await runHere(path, 'migrate', {}, { kinds: withRoomFor(pages, phase) })
        t.match({ state, error }, { state: 'failed', error: { code: 'disk-full' } })
        t.strictSame({ v1: v1Contents(db), schema: schemaOf(db) }, before)
        t.equal((await runHere(path, 'migrate')).state, 'succeeded')
      },
    )
})

const ILL_MS = 3_000
const SMALLEST_BYTES = 100_000

t.test(
  'a disk that fails in the midst of a backfill',
  { skip: !hasFileLimits() && 'no prlimit here' },
  async (t) => {
    t.setTimeout(effort.limitMs)
    const path = join(temporaryFolder(t), 'app.db')
    activeFile({ path, instances: 4_000, seed: 5 })
    const db = openReaderHandle(path)
    const log = createWriteLog(readThings(db, 'v1'))
    const hands = dealHands(db, 2)
    db.close()
    const life = startLife(path, { signalAt: 'SIGSTOP backfill: rests #5' })
    t.teardown(() => life.signal('SIGKILL'))
    const operator = operatorAt(await life.address)
    const load = startLoad({ address: operator.address, isCutOver: false }, hands, log)
    const { id } = await operator.start('migrate', { chunkMs: 1 })
    await stopped(life)
    limitFiles(life.pid, SMALLEST_BYTES)
    const reads = watchReads(operator)
    life.signal('SIGCONT')
    await sleep(ILL_MS)

    t.test('refuses writes, and serves reads', async (t) => {
      t.match(load.problems, [/answered 5\d\d/])
      t.same(reads.stop().failures, [], life.told())
    })

    t.test('lets the run end, and every client go on, once it is well again', async (t) => {
      const { acknowledged } = log.counts
      limitFiles(life.pid, 'unlimited')
      const { state } = await operator.until(id, endStates)
      t.equal(await operator.stage(), state === 'succeeded' ? 'migrated' : 'v1')
      await sleep(500)
      await load.stop()
      t.ok(log.counts.acknowledged > acknowledged)
    })

    t.test('has lost nothing', async (t) => {
      t.same(await checkLife(operator, path, log, log.things()), [])
      const again = await operator.start('migrate')
      t.match(await operator.until(again.id, endStates), {
        state: 'succeeded',
        report: { summary: { failed: 0 } },
      })
    })
  },
)
