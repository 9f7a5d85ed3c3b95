import t, { type Test } from 'tap'
import { addSupplier } from './add-supplier.js'
import { endStates } from './operator.js'
import { endsWell, journalOf, migrate, pair, type Pair } from './pair.js'
import { watchReads } from './reads.js'
import { stopped } from './stand-still.js'
import { effort } from './effort.js'

t.test('a second server on the file', { timeout: effort.limitMs }, async (t) => {
  t.jobs = 3
  const stops = [
    'queued: a worker begins #1',
    'assess: ends #1',
    'backfill: rests #5',
    'backfill: ends #1',
    'validate: rests #3',
    'validate: ends #1',
  ]
  for (const point of stops)
    t.test(`ends the job of one that stood still at ${point}, once`, { buffered: true }, async (t) => {
      const both = await pair(t, { signalAt: `SIGSTOP ${point}` })
      const { id } = await migrate(both.runner.operator)
      await stopped(both.runner.life)
      await both.other.life.takesOver
      await endsWell(t, both, id)
      await wakesInVain(t, both, id)
    })

  t.test('ends the job of one that stood still while it was paused, once', { buffered: true }, async (t) => {
    const both = await pair(t, {})
    const { runner, other } = both
    const { id } = await migrate(runner.operator)
    await runner.operator.ask(id, 'pause')
    await runner.operator.until(id, ['paused'])
    runner.life.signal('SIGSTOP')
    await stopped(runner.life)
    await other.life.takesOver
    await other.operator.until(id, ['paused'])
    // Both see the end of the pause.
    runner.life.signal('SIGCONT')
    await other.operator.ask(id, 'resume')
    await endsWell(t, both, id)
    await wakesInVain(t, both, id)
  })

  t.test(
    'waits, reads on and refuses writes while one stands still with the lock',
    { buffered: true },
    async (t) => {
      const both = await pair(t, { signalAt: 'SIGSTOP backfill: in a transaction #5' })
      const { path, runner, other } = both
      await both.endLoad()
      const { id } = await migrate(runner.operator)
      await stopped(runner.life)
      const left = journalOf(path, id)
      const reads = watchReads(other.operator)
      const refused = await Promise.all([1, 2, 3].map((n) => addSupplier(other.operator, `Supplier ${n}`)))
      for (const { status, code, retryAfter, ms } of refused) {
        t.match({ status, code, retryAfter }, { status: 503, code: 'database-busy', retryAfter: '1' })
        t.ok(ms > 4_500 && ms < 9_000, `after ${Math.round(ms)} ms`)
      }
      t.same(reads.stop().failures, [])
      t.strictSame(journalOf(path, id), left, 'nobody could take the job over')
      runner.life.signal('SIGCONT')
      const { state, report } = await other.operator.until(id, endStates)
      t.match({ state, failed: report?.summary.failed }, { state: 'succeeded', failed: 0 })
      t.equal(journalOf(path, id).ends.length, 1)
      t.equal((await addSupplier(other.operator, 'Supplier 1')).status, 201)
    },
  )
})

/** One that stood still goes on, and finds that it is no more the runner: it still serves, and writes nothing. */
async function wakesInVain(t: Test, { path, runner }: Pair, id: string): Promise<void> {
  const left = journalOf(path, id)
  runner.life.signal('SIGCONT')
  t.match(await runner.operator.get(id), { state: 'succeeded' })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  t.strictSame(journalOf(path, id), left)
  t.equal((await addSupplier(runner.operator, 'New')).status, 201)
}
