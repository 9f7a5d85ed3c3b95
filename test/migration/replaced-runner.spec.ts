import t from 'tap'
import { openReaderHandle, write } from '../../src/db/database.js'
import { WaitingWriters } from '../../src/db/waiting-writers.js'
import { requestOf, takeLease } from '../../src/migration/jobs.repository.js'
import type { Run } from '../../src/migration/run.js'
import { runJob } from '../../src/migration/runner.js'
import { runHere } from '../to-v2/migrated.js'
import { engine, kindOf, phase, queued } from './engine.js'

/** A job in whose phase another process takes the lease; `act` is what the runner does then. */
async function replacedIn(
  t: Parameters<typeof engine>[0],
  act: (run: Run, takeOver: TakeOver) => Promise<void>,
) {
  const { path, handle, db } = await engine(t)
  const id = await queued(db)
  const journal = () => ({
    job: handle.prepare('SELECT * FROM migration_jobs WHERE id = ?').get(id),
    events: handle.prepare('SELECT * FROM migration_events WHERE jobId = ?').all(id),
  })
  let left: unknown
  const takeOver = async (sql = `UPDATE migration_jobs SET state = 'running'`) => {
    await write(db, (trx) => takeLease(trx, 'another process'))
    handle.exec(sql)
    left = journal()
  }
  const ask = (requested: 'pause' | null) => write(db, (trx) => requestOf(trx, id, requested))
  const kinds = [kindOf([phase('validate', (run) => act(run, { takeOver, ask }))])]
  await runHere(path, 'trial', {}, { kinds, jobId: id })
  return { left, found: journal() }
}

interface TakeOver {
  takeOver: (sql?: string) => Promise<void>
  ask: (requested: 'pause' | null) => Promise<void>
}

t.test('a runner that is replaced', async (t) => {
  t.test('while it is paused leaves the job alone when that is resumed', async (t) => {
    const { left, found } = await replacedIn(t, async (run, { takeOver, ask }) => {
      await ask('pause')
      const resumed = new Promise((resolve, reject) => {
        setTimeout(() => {
          // The other one has been paused by the same wish, and sees its end first.
          takeOver(`UPDATE migration_jobs SET state = 'paused', requested = NULL`).then(resolve, reject)
        }, 150)
      })
      await run.rest().finally(() => resumed)
    })
    t.strictSame(found, left)
  })

  t.test('does not tell of its progress', async (t) => {
    const { left, found } = await replacedIn(t, async (run, { takeOver }) => {
      await takeOver()
      run.progress(7, 7)
    })
    t.strictSame(found, left)
  })

  t.test('before it has begun does not begin', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    await write(db, (trx) => takeLease(trx, 'another process'))
    const kinds = [kindOf([phase('validate', () => void t.fail('it is not its job'))])]
    const owner = { id: 'a process that stood still', fence: 0 }
    const request = { path, jobId: id, owner, waiting: WaitingWriters.create(), stopping: () => false }
    t.equal(await runJob(kinds, request), 'interrupted')
    t.equal(handle.prepare('SELECT state FROM migration_jobs').pluck().get(), 'queued')
  })

  t.test('leaves the scratch copy of the other one alone', async (t) => {
    const { path, db } = await engine(t)
    const jobId = await queued(db)
    const onScratchCopy = () => true
    let isFirst = true
    let second: Promise<unknown> = Promise.resolve()
    const first = new Promise<void>((firstEnds) => {
      const kinds = [
        kindOf(
          [
            phase('validate', async (run) => {
              if (!isFirst) {
                await first
                openReaderHandle(run.path).close()
                return
              }
              isFirst = false
              await write(db, (trx) =>
                trx.updateTable('migration_jobs').set({ state: 'interrupted' }).execute(),
              )
              second = runHere(path, 'trial', {}, { kinds, jobId })
              await new Promise((resolve) => setTimeout(resolve, 300))
              run.requireLease()
            }),
          ],
          { onScratchCopy },
        ),
      ]
      void runHere(path, 'trial', {}, { kinds, jobId }).then(() => firstEnds())
    })
    await first
    t.match(await second, { state: 'succeeded', error: null })
  })
})
