import { readFileSync } from 'node:fs'
import t from 'tap'
import { fileKinds, rowKinds, type IssueKind } from '../../src/v1/to-v2/assess/catalogue.js'

const page = readFileSync('docs/awkward-rows.md', 'utf8')
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((text) => [/^`([\w-]+)`/.exec(text)?.[1] ?? text.slice(0, 40), text]),
)

t.test('docs/awkward-rows.md', async (t) => {
  const kinds: Record<string, IssueKind> = { ...rowKinds, ...fileKinds }
  for (const [kind, { severity }] of Object.entries(kinds)) {
    const [code = '', subcase] = kind.split('/')
    t.test(`explains ${kind}, and says that it is ${severity}`, async (t) => {
      const section = sections.get(code) ?? ''
      t.ok(section.length > 60)
      const line =
        subcase === undefined
          ? section
          : (section.split('\n').find((one) => one.includes(`\`${subcase}\``)) ?? '')
      t.match(line, new RegExp(severity, 'i'))
    })
  }

  t.test('explains nothing else', async (t) => {
    const codes = new Set(Object.keys(kinds).map((kind) => kind.split('/')[0]))
    t.same(
      [...sections.keys()].filter((code) => !codes.has(code)),
      [],
    )
  })
})
