import { readdirSync } from 'node:fs'
import t from 'tap'
import { temporaryFolder } from '../helper.js'
import { run } from './processes.js'

t.test('the openapi script', async (t) => {
  t.test('writes the documents', async (t) => {
    const out = temporaryFolder(t)
    const { code, stdout } = await run(t, 'scripts/openapi.js', { args: ['--out', out, '--json'] })
    t.equal(code, 0)
    t.same(JSON.parse(stdout), { files: ['v1', 'v2', 'admin'].map((name) => `${out}/${name}.json`) })
    t.same(readdirSync(out), ['admin.json', 'v1.json', 'v2.json'])
  })

  t.test('ends with 2 where it is used wrongly', async (t) => {
    const { code, stderr } = await run(t, 'scripts/openapi.js', { args: ['--format', 'yaml'] })
    t.equal(code, 2)
    t.match(stderr, 'Usage: npm run openapi')
  })
})
