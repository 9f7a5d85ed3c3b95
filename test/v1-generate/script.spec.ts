import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { temporaryFolder } from '../helper.js'
import { allRows, generated, openReadOnly } from './generated.js'

const script = fileURLToPath(new URL('../../scripts/generate-v1.js', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })

t.test('the generate-v1 script', async (t) => {
  const path = join(temporaryFolder(t), 'made.db')

  t.test('makes the file, and prints the counts as JSON', async (t) => {
    const { status, stdout, stderr } = run(path, '--instances', '50', '--seed', '3', '--json')
    t.equal(status, 0)
    t.match(JSON.parse(stdout), { path, seconds: Number, counts: { supplier_task_instances: 50 } })
    t.match(stderr, /^rows: 50 of 50, [\d,]+\/s, 0 s left\n/)
    t.same(allRows(openReadOnly(t, path)), allRows(generated(t, { instances: 50, seed: 3 }).db))
  })

  t.test('ends with 1 where the file exists', async (t) => {
    const { status, stdout, stderr } = run(path)
    t.same([status, stdout], [1, ''])
    t.match(stderr, `${path} exists.`)
  })

  t.test('ends with 2 and a message where it is used wrongly', async (t) => {
    const other = join(temporaryFolder(t), 'other.db')
    const wrong: [string[], string][] = [
      [[], 'Name one FILE.'],
      [[other, 'second'], 'Name one FILE.'],
      [[other, '--instances', '-5'], '--instances'],
      [[other, '--instances', '1e3'], '--instances is a whole number, not "1e3".'],
      [[other, '--generation', 'v3'], '--generation is active or legacy, not "v3".'],
      [[other, '--unknown'], '--unknown'],
    ]
    for (const [args, message] of wrong) {
      const { status, stdout, stderr } = run(...args)
      t.same([status, stdout], [2, ''], args.join(' '))
      t.match(stderr, message)
      t.match(stderr, 'Usage: node dist/scripts/generate-v1.js FILE')
    }
    t.notOk(existsSync(other))
  })

  t.test('explains itself with --help', async (t) => {
    const { status, stdout } = run('--help')
    t.equal(status, 0)
    t.match(stdout, /--responsible-parties/)
  })
})
