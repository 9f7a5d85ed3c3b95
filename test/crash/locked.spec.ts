import { once } from 'node:events'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import t, { type Test } from 'tap'
import { activeFile } from './active-file.js'
import { served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { addSupplier } from './add-supplier.js'
import { holdLock } from './lock-holder.js'
import { endStates, operatorAt, type Operator } from './operator.js'
import { watchReads } from './reads.js'
import { effort } from './effort.js'

const WRITES = 20
/** A busy machine may take the processor away for a moment; a handle that waits would do so in every try. */
const RARELY_MS = 1_000
const USUALLY_MS = 50

/** The application in this process, whose event loop is watched, on a real port. */
async function listening(t: Test): Promise<{ path: string; operator: Operator }> {
  const path = join(temporaryFolder(t), 'app.db')
  activeFile({ path, instances: 1_000, seed: 3 })
  const app = await served(t, path)
  return { path, operator: operatorAt(await app.listen({ host: '127.0.0.1', port: 0 })) }
}

const addMany = (operator: Operator, round: string) =>
  Promise.all(Array.from({ length: WRITES }, (_, n) => addSupplier(operator, `Supplier ${round} ${n}`)))

/** For how long this process did nothing else at a time, in milliseconds, while `act` ran. */
async function standstills(act: () => Promise<void>): Promise<{ most: number; usual: number }> {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  delays.enable()
  await act()
  delays.disable()
  return { most: Math.round(delays.max / 1e6), usual: Math.round(delays.percentile(90) / 1e6) }
}

t.test('while another program holds the lock', { timeout: effort.limitMs }, async (t) => {
  t.test('writes are refused after five seconds, reads go on, and nothing ever stands still', async (t) => {
    const { path, operator } = await listening(t)
    // What is compiled on its first use would be taken for a wait.
    await addMany(operator, 'before')
    const program = await holdLock(t, path, { held: 60_000, free: 0 })
    const reads = watchReads(operator)
    const { most, usual } = await standstills(async () => {
      for (const { status, code, retryAfter, ms } of await addMany(operator, 'refused')) {
        t.match({ status, code, retryAfter }, { status: 503, code: 'database-busy', retryAfter: '1' })
        t.ok(ms > 4_900 && ms < 8_000, `after ${Math.round(ms)} ms`)
      }
    })
    t.same(reads.stop().failures, [])
    t.ok(reads.stop().reads > 50, `${reads.stop().reads} reads`)
    t.ok(most < RARELY_MS && usual < USUALLY_MS, `stood still for ${usual} ms usually, ${most} ms once`)
    program.kill('SIGKILL')
    await once(program, 'exit')
    t.equal((await addSupplier(operator, 'after')).status, 201)
    const { items } = await operator.client.get<{ items: { name: string }[] }>('/v1/suppliers?limit=500')
    const refused = items.filter(({ name }) => name.startsWith('Supplier refused'))
    t.same(refused, [], 'what was refused was not written')
  })

  t.test('for moments, every write waits its turn, also during a migration', async (t) => {
    const { path, operator } = await listening(t)
    await addMany(operator, 'before')
    await holdLock(t, path, { held: 150, free: 50 })
    const { id } = await operator.start('migrate', { chunkMs: 1 })
    for (let round = 0; round < 3; round++)
      for (const { status } of await addMany(operator, `turn ${round}`)) t.equal(status, 201)
    t.match(await operator.until(id, endStates), { state: 'succeeded', report: { summary: { failed: 0 } } })
  })
})
