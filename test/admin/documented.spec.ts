import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { eventTypes, throttleReasons } from '../../src/migration/job.js'

const readme = readFileSync('README.md', 'utf8')
const files = ['src/admin', 'src/migration', 'src/http'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
)
const codesIn = (paths: readonly string[]) =>
  paths
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/(?:conflict|new Problem)\(\s*'([a-z-]+)'/g)])
    .map(([, code = '']) => code)

/** What an operator meets; refusals that every route of every version has are not of this kind, nor those of files. */
const codes = codesIn(
  files.filter(
    (file) =>
      !/(auth|allowed-methods|byte-range|client-errors|negotiation|problem-handler|server)\.ts$/.test(file),
  ),
)

t.test('docs/instances.md has every problem code of files', async (t) => {
  const page = readFileSync('docs/instances.md', 'utf8')
  const folder = 'src/v2/submission-files'
  const own = codesIn(['src/http/byte-range.ts', ...readdirSync(folder).map((file) => join(folder, file))])
  t.ok(own.length >= 9, own.join(' '))
  for (const code of own) t.match(page, `\n| \`${code}\``)
})

t.test('the README has', async (t) => {
  t.test('every problem code of /admin and of Idempotency-Key', async (t) => {
    t.ok(codes.length >= 6, codes.join(' '))
    for (const code of codes) t.match(readme, `\n| \`${code}\``)
  })
  t.test('every type of event, and every reason of a throttle', async (t) => {
    for (const word of [...eventTypes, ...throttleReasons]) t.match(readme, `\`${word}\``)
  })
})
