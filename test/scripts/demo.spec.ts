import { existsSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.js'
import { run, start } from './processes.js'

const demo = 'scripts/demo.js'

t.test('the demo', async (t) => {
  t.test('migrates while clients write, and finds every acknowledged write in v2', async (t) => {
    const kept = join(temporaryFolder(t), 'kept.db')
    const { code, stdout, stderr } = await run(t, demo, {
      args: ['--instances', '500', '--exit', '--port', '0', '--keep', kept],
    })
    t.equal(code, 0, stderr)
    t.match(stdout, /Result: passed(-with-notes)?\. \d+ checks, 0 failed/)
    t.match(stdout, /before: [1-9][\d,]* requests in .* none failed/)
    t.match(stdout, /during: [1-9][\d,]* requests in .* none failed/)
    t.match(stdout, /[1-9][\d,]* writes were acknowledged by \/v1/)
    t.match(stdout, /[1-9][\d,]* values read back through \/v2, 0 differ/)
    t.match(stdout, /[1-9]\d* lines of counts in v1 and in v2, 0 differ/)
    t.match(stdout, /Everything was as promised\.\n$/)
    t.equal(readFileSync(kept).toString('latin1', 0, 15), 'SQLite format 3')
    t.notOk(existsSync(`${kept}-wal`), 'and the server has closed')
  })

  t.test('shows what the operator does about rows that do not fit', async (t) => {
    const { code, stdout, stderr } = await run(t, demo, {
      args: ['--instances', '100', '--exit', '--port', '0', '--dirt', 'all'],
    })
    t.equal(code, 0, stderr)
    t.match(stdout, /252 rows are awkward, in \d+ ways of 16 classes/)
    t.match(stdout, /Something does not fit and has to be mended first/)
    t.match(stdout, /orphan \(missing\) +\d+ {2}Give these rows a parent that exists/)
    t.match(stdout, /"statusMap":\{"almost done":"in_progress"\},"onInvalidRow":"quarantine"/)
    t.match(stdout, /SET id = 'mended-' .*, for\n +suppliers\.id \(1\)/)
    t.match(stdout, /assessed again: 0 classes block/)
    t.match(stdout, /during: [1-9][\d,]* requests in .* none failed/)
    const sums = stdout.matchAll(/→ \w+: ([\d,]+) = ([\d,]+) \+ ([\d,]+) \+ ([\d,]+)\n/g)
    const numbers = [...sums].map(([, ...texts]) => texts.map((text) => Number(text.replaceAll(',', ''))))
    t.equal(numbers.length, 13, 'seven of the active model, six of the legacy one')
    for (const [rows = 0, equal = 0, byRule = 0, quarantined = 0] of numbers)
      t.equal(rows, equal + byRule + quarantined)
    t.match(stdout, /PATCH \/v1\/supplier-task-instances\/\S+ .*: 200\n +its record says migrated/)
    t.match(stdout, /[1-9]\d* rows are in quarantine, .* or say "acceptQuarantined": [1-9]/)
    t.match(stdout, /[1-9][\d,]* values read back through \/v2, 0 differ/)
    t.match(stdout, /Everything was as promised\.\n$/)
  })

  t.test(
    'takes the classes that are asked for, and goes straight on where none of them blocks',
    async (t) => {
      const { code, stdout, stderr } = await run(t, demo, {
        args: ['--instances', '100', '--exit', '--port', '0', '--dirt', 'date-order, odd-text'],
      })
      t.equal(code, 0, stderr)
      t.match(stdout, /nothing blocks/)
      t.match(stdout, /Everything was as promised\.\n$/)
    },
  )

  t.test('leaves the server running until Ctrl-C, and then nothing', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1')
    t.teardown(() => taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const running = start(t, demo, { args: ['--instances', '100', '--port', String(port)] })
    t.match(await running.shown(/Port \d+ is taken/), [`Port ${port} is taken`])
    const database = (await running.shown(/in (\/\S+app\.db)\n/))[1] ?? ''
    const address = (await running.shown(/(http:\S+)\/docs/))[1] ?? ''
    t.equal((await fetch(`${address}/v2/dashboard`)).status, 200)
    const { code, stderr } = await running.end('SIGINT')
    t.equal(code, 0, stderr)
    await t.rejects(fetch(`${address}/health/live`))
    t.notOk(existsSync(database))
  })

  t.test('stops in the middle with 1, and says why', async (t) => {
    const running = start(t, demo, { args: ['--instances', '100', '--port', '0', '--exit'] })
    const database = (await running.shown(/in (\/\S+app\.db)\n/))[1] ?? ''
    await running.shown(/A dry run/)
    const { code, stderr } = await running.end('SIGINT')
    t.equal(code, 1)
    t.match(stderr, /The demo was interrupted\.\n$/)
    t.notOk(existsSync(database))
  })

  t.test('refuses to overwrite a file', async (t) => {
    const { code, stderr } = await run(t, demo, { args: ['--keep', process.execPath, '--exit'] })
    t.equal(code, 1)
    t.match(stderr, `${process.execPath} exists.`)
  })

  t.test('ends with 2 where it is used wrongly', async (t) => {
    for (const args of [
      ['--instances', '99'],
      ['--instances', 'many'],
      ['--port', '65536'],
      ['--dirt'],
      ['--dirt', 'mud'],
    ]) {
      const { code, stdout, stderr } = await run(t, demo, { args })
      t.same([code, stdout], [2, ''], args.join(' '))
      t.match(stderr, `${args[0]}`)
      t.match(stderr, 'Usage: npm run demo')
    }
  })
})
