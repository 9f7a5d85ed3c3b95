import t from 'tap'
import { textErrors } from '../../src/http/text-errors.js'

t.test('text that the database could not give back', async (t) => {
  const pathsIn = (value: unknown) => textErrors(value).map(({ instancePath }) => instancePath)

  for (const [what, text] of [
    ['the first half of a pair', '\ud83d'],
    ['the second half of a pair', 'a\ude00'],
    ['the halves in the wrong order', '\ude00\ud83d'],
    ['a NUL', 'a\0'],
  ] as const)
    t.test(`is ${what}`, async (t) => t.same(pathsIn(text), ['']))

  for (const text of ['', 'Ü', '😀', '\u{10ffff}', 'a\nb\t\u0001', '\ufffd', '=1+1'])
    t.test(`is not ${JSON.stringify(text)}`, async (t) => t.same(pathsIn(text), []))

  t.test('is found wherever it stands, by its JSON pointer', async (t) => {
    t.same(pathsIn({ a: [1, { 'b/c~d': '\0' }], '\0': null, e: '\ud83d\0' }), [
      '/a/1/b~1c~0d',
      '/\0',
      '/e',
      '/e',
    ])
  })
})

t.test('a body may nest, but not without end', async (t) => {
  const nested = (levels: number): unknown => (levels === 0 ? 'end' : [nested(levels - 1)])
  t.same(textErrors(nested(32)), [])
  t.match(textErrors(nested(33)), [{ instancePath: '/0'.repeat(32) }])
})
