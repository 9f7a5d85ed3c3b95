import { isDeepStrictEqual } from 'node:util'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import t from 'tap'
import { run, start } from './processes.js'

const bench = 'scripts/bench.js'
const small = ['latency', '--instances', '2000', '--idle', '1', '--reads', '30', '--writes', '20']

interface Figures {
  latency: {
    kinds: { kind: string; idle: { requests: number; p99: number }; migrating: { requests: number } }[]
    runs: Record<
      'loaded' | 'alone',
      { rows: number; rowsPerSecond: number; walPeakMb: number; rssPeakMb: number }
    >
    failures: string[]
    checks: { title: string; ok: boolean }[]
  }
}

interface RtoFigures {
  rto: {
    seconds: number
    heldMs: number
    rows: { deleted: number; inserted: number; updated: number }
    writing: { writes: number; failures: string[] }
    checks: { ok: boolean }[]
  }
}

const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('task-tracker-bench-'))

t.test('the benchmark', async (t) => {
  t.test('measures every kind of request and both migrations, and checks them', async (t) => {
    const { code, stdout, stderr } = await run(t, bench, { args: [...small, '--json'] })
    const { kinds, runs, failures, checks } = (JSON.parse(stdout) as Figures).latency
    t.same(failures, [], stderr)
    // How fast this machine is does not matter here.
    t.equal(code, checks.every(({ ok }) => ok) ? 0 : 1)
    t.ok(checks.some(({ title, ok }) => title === 'failed requests' && ok))
    for (const kind of [
      'item',
      'list',
      'patch status',
      'create task',
      'delete task',
      'all reads',
      'all writes',
    ])
      t.ok((kinds.find((one) => one.kind === kind)?.idle.requests ?? 0) > 0, kind)
    t.ok((kinds.find(({ kind }) => kind === 'all reads')?.migrating.requests ?? 0) > 0)
    for (const { rows, rowsPerSecond, walPeakMb, rssPeakMb } of Object.values(runs)) {
      t.ok(rows >= 2_000)
      t.ok(rowsPerSecond > 0 && walPeakMb > 0 && rssPeakMb > 20)
    }
  })

  t.test('measures a restore, for how long it holds writes, and checks that', async (t) => {
    const args = ['rto', '--instances', '2000', '--changes', '90', '--json']
    const { code, stdout, stderr } = await run(t, bench, { args })
    const { seconds, heldMs, rows, writing, checks } = (JSON.parse(stdout) as RtoFigures).rto
    t.same(writing.failures, [], stderr)
    t.equal(code, checks.every(({ ok }) => ok) ? 0 : 1)
    t.ok(heldMs > 0 && heldMs < seconds * 1000, `${heldMs} ms of ${seconds} s`)
    // In both schemas.
    t.ok(rows.inserted >= 60 && rows.updated >= 60 && rows.deleted >= 60, JSON.stringify(rows))
    t.ok(writing.writes > 0)
  })

  t.test('leaves nothing behind when it is stopped', async (t) => {
    const before = left()
    const running = start(t, bench, { args: small })
    for (let tries = 0; tries < 600 && isDeepStrictEqual(left(), before); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    t.notSame(left(), before)
    t.equal((await running.end('SIGTERM')).code, 1)
    t.same(left(), before)
  })

  t.test('ends with 2 where it is used wrongly', async (t) => {
    for (const args of [['speed'], ['--instances', '0'], ['--idle', 'long'], ['--dirt']]) {
      const { code, stdout, stderr } = await run(t, bench, { args })
      t.same([code, stdout], [2, ''], args.join(' '))
      t.match(stderr, 'Usage: npm run bench')
    }
  })

  t.test('says what it measures', async (t) => {
    const { code, stdout } = await run(t, bench, { args: ['--help'] })
    t.equal(code, 0)
    t.match(stdout, /--instances N/)
  })
})
