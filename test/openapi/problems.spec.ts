import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { problemTable } from '../../src/http/problem-pages.js'
import { problemTypesByCode } from '../../src/kernel/problem-types.js'
import { served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'

t.test('docs/problems.md', async (t) => {
  t.test('says what the list of codes says; UPDATE_DOCS=1 writes it anew', async (t) => {
    const expected = problemTable()
    if (process.env.UPDATE_DOCS === '1') writeFileSync('docs/problems.md', expected)
    t.equal(readFileSync('docs/problems.md', 'utf8'), expected)
  })
})

t.test('the list of codes', async (t) => {
  const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('problem-types.ts'))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n')

  t.test('has none that nothing answers', async (t) => {
    // Fastify's own come from its error codes.
    const ofFastify = /^(ctp-|bad-url$|max-param-length$)/
    const unused = [...problemTypesByCode.keys()].filter(
      (code) => !ofFastify.test(code) && !text.includes(`'${code}'`),
    )
    t.strictSame(unused, [])
  })

  t.test('is in order', async (t) => {
    const codes = [...problemTypesByCode.keys()]
    t.strictSame(codes, codes.toSorted())
  })
})

t.test('/docs/problems', async (t) => {
  const app = await served(t, `${temporaryFolder(t)}/new.db`)

  t.test('has a page for every code, to which the type of a problem leads', async (t) => {
    const { type } = (await app.inject('/v2/suppliers/nobody')).json<{ type: string }>()
    t.match((await app.inject(type)).body, /<h1>Not found<\/h1>/)
    for (const [code, { title }] of problemTypesByCode) {
      const { statusCode, headers, body } = await app.inject(`/docs/problems/${code}`)
      t.equal(statusCode, 200, code)
      t.equal(headers['content-type'], 'text/html; charset=utf-8')
      t.ok(body.includes(`<h1>${title}</h1>`) && body.includes(`<code>${code}</code>`), code)
    }
  })

  t.test('shows what is code as code, and no markup of its own', async (t) => {
    t.match((await app.inject('/docs/problems/unauthorized')).body, '<code>Authorization: Bearer &lt;token&gt;</code>')
  })

  t.test('has no page for another code', async (t) => {
    const answer = await app.inject('/docs/problems/no-such-code')
    t.equal(answer.statusCode, 404)
    t.match(answer.json(), { code: 'not-found', detail: /no-such-code/ })
  })
})
