import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openReaderHandle, openWriterHandle } from '../../src/db/database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { activeFile } from './active-file.js'
import { temporaryFolder } from '../helper.js'
import { checkLife } from './check-life.js'
import { dealHands, type Hand } from './hands.js'
import { endStates, operatorAt, type Operator } from './operator.js'
import { startLife, type Life } from './server-life.js'
import { readThings } from './things.js'
import { startLoad } from './write-load.js'
import { createWriteLog, type WriteLog } from './write-log.js'
import { effort } from './effort.js'

const LIMIT_MS = 120_000

/** Stops at which nobody else had the file open. */
let closedAsLast = 0

interface File {
  path: string
  log: WriteLog
  hands: Hand[]
}

function v1File(t: Test): File {
  const path = join(temporaryFolder(t), 'app.db')
  activeFile({ path, instances: 4_000, seed: 5 })
  const db = openReaderHandle(path)
  const file = { path, log: createWriteLog(readThings(db, 'v1')), hands: dealHands(db, 2) }
  db.close()
  return file
}

/** A server that gets SIGTERM at a point of its job, while clients write; the job as it leaves it. */
async function stopAt(t: Test, file: File, point: string, act: (one: Operator) => Promise<unknown>) {
  const { path } = file
  const life = startLife(path, { signalAt: `SIGTERM ${point}` })
  t.teardown(() => life.signal('SIGKILL'))
  // A job that is taken over may come to the point before the server listens.
  const address = await life.address.catch(() => undefined)
  const isLastToClose = address === undefined || (await meet(t, address, file, life, act))
  const { code } = await life.ended
  t.equal(code, 0, `ends in peace: ${point}`)
  const files = readdirSync(dirname(path)).filter((name) => name.startsWith('app.db'))
  if (isLastToClose) {
    closedAsLast++
    t.same(files, ['app.db'], 'with everything in the one file')
  } else t.comment('this process was reading the file meanwhile: the WAL stays')
  const db = openReaderHandle(path)
  const job = db.prepare(
    'SELECT state, (SELECT owner FROM migration_lease) AS owner FROM migration_jobs ORDER BY id DESC',
  )
  const left = job.get() as { state: string; owner: string | null } | undefined
  db.close()
  return left
}

/**
 * Everything is there; then everybody writes, and the operator acts, until the server is gone. Gives whether
 * the check had closed the file before the server did: the last to close puts the WAL into it, but a reader.
 */
async function meet(
  t: Test,
  address: string,
  { path, log, hands }: File,
  life: Life,
  act: (one: Operator) => Promise<unknown>,
): Promise<boolean> {
  const operator = operatorAt(address)
  // It may be gone before it has been asked for everything: then the next one is asked.
  t.same(await checkLife(operator, path, log).catch(noneIfGone), [])
  // It closes the file only when it no longer answers.
  const isStillOpen = await operator.stage().then(
    () => true,
    () => false,
  )
  const load = startLoad({ address, isCutOver: false }, hands, log)
  // The answer may be cut off by the end of the server.
  await act(operator).catch(() => undefined)
  const isOver = await Promise.race([life.ended.then(() => true), sleep(LIMIT_MS, false)])
  if (!isOver) life.signal('SIGKILL')
  await load.stop()
  return isStillOpen
}

/** Of a connection that failed alone: every other error is one. */
function noneIfGone(error: unknown): string[] {
  if (error instanceof TypeError && error.message === 'fetch failed') return []
  throw error
}

/** So many rows that a cutover compares them in turns before it takes the lock for the last. */
function writeMoreThanATurn(path: string): void {
  const db = openWriterHandle(path)
  const write = db.prepare(
    `UPDATE supplier_task_instances SET updatedAt = updatedAt + 1 WHERE id IN
       (SELECT id FROM supplier_task_instances WHERE typeof(updatedAt) = 'integer' LIMIT 1000)`,
  )
  if (write.run().changes !== 1_000) throw new Error('The file has fewer instances.')
  db.close()
}

/** Each is reached after the one before it: a job that is stopped still ends the chunk at hand. */
const courses = [
  ['queued: a worker begins #1', 'assess: ends #1', 'backfill: in a transaction #2', 'validate: begins #1'],
  ['assess: begins #1', 'backfill: begins #1', 'backfill: rests #3', 'validate: rests #4'],
  ['expand: in a transaction #1', 'backfill: ends #1', 'validate: in a transaction #1'],
]

t.test('a server that is told to stop', { timeout: effort.limitMs }, async (t) => {
  const files = courses.map(() => v1File(t))
  const [file = v1File(t)] = files
  const { path, log } = file
  let interrupted = 0

  for (const [n, points] of courses.entries())
    t.test(`leaves a migration to the next start, which goes on at once: ${points.join(', ')}`, async (t) => {
      const { path, log } = files[n] ?? file
      for (const [life, point] of points.entries()) {
        const start = (operator: Operator) => operator.start('migrate', { chunkMs: 1 })
        const left = await stopAt(t, files[n] ?? file, point, life === 0 ? start : async () => undefined)
        t.match(left, { owner: null })
        if (left?.state === 'interrupted') interrupted++
        else {
          t.equal(left?.state, 'succeeded', `${point}: the job was quicker`)
          break
        }
      }
      const life = startLife(path)
      t.teardown(() => life.signal('SIGKILL'))
      const operator = operatorAt(await life.address)
      const job = await operator.newest()
      if (job?.state !== 'succeeded') t.ok((await life.takesOver) < 1_000, 'it goes on at once')
      t.match(await operator.until(job?.id ?? '', endStates), {
        state: 'succeeded',
        report: { summary: { failed: 0 } },
      })
      t.same(await checkLife(operator, path, log, log.things()), [])
      life.signal('SIGTERM')
      await life.ended
    })

  t.test('while a cutover compares leaves it to the next start', async (t) => {
    writeMoreThanATurn(path)
    const cutover = (operator: Operator) => operator.start('cutover', { groups: allGroupsOn('v2') })
    t.strictSame(await stopAt(t, file, 'cutover: rests #1', cutover), { state: 'interrupted', owner: null })
    const life = startLife(path)
    t.teardown(() => life.signal('SIGKILL'))
    const operator = operatorAt(await life.address)
    const id = (await operator.newest())?.id ?? ''
    t.match(await operator.until(id, endStates), { job: 'cutover', state: 'succeeded', error: null })
    t.equal(await operator.stage(), 'cutover')
    life.signal('SIGTERM')
    t.equal((await life.ended).code, 0)
  })

  t.test('in the transaction of a rollback has made it', async (t) => {
    const rollback = (operator: Operator) => operator.start('rollback', { level: 'api' })
    const done = { state: 'succeeded', owner: null }
    t.strictSame(await stopAt(t, file, 'rollback: in a transaction #1', rollback), done)
  })

  t.test('while a job is paused leaves it to the next start, where it is paused', async (t) => {
    const life = startLife(path)
    t.teardown(() => life.signal('SIGKILL'))
    const operator = operatorAt(await life.address)
    const { id } = await operator.start('migrate', { chunkMs: 1 })
    await operator.ask(id, 'pause')
    await operator.until(id, ['paused'])
    life.signal('SIGTERM')
    t.equal((await life.ended).code, 0)
    const next = startLife(path)
    t.teardown(() => next.signal('SIGKILL'))
    const nextOperator = operatorAt(await next.address)
    await next.takesOver
    await nextOperator.until(id, ['paused'])
    await nextOperator.ask(id, 'resume')
    t.equal((await nextOperator.until(id, endStates)).state, 'succeeded')
    next.signal('SIGTERM')
    t.equal((await next.ended).code, 0)
  })

  t.test('was stopped before the end of its job, and written to, often enough', async (t) => {
    t.ok(closedAsLast >= 5, `${closedAsLast} stops with nobody else on the file`)
    t.ok(interrupted >= 5, `${interrupted} of ${courses.flat().length} stops`)
    t.ok(log.counts.acknowledged > 50, `${log.counts.acknowledged} writes were acknowledged`)
  })
})
