import t from 'tap'
import { run } from '../scripts/processes.js'
import { violationsOf, type Answered } from './violations.js'

const supplier = { id: 's1', name: 'Acme' }
const page = { items: [], nextCursor: null }

/** What GET /v2/suppliers may answer; each part may be another one. */
const answered = (other: Partial<Answered> = {}): Answered => ({
  method: 'GET',
  url: '/v2/suppliers',
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'r1' },
  body: JSON.stringify(page),
  ...other,
})
const problem = (status: number) =>
  JSON.stringify({ type: '/docs/problems/x', title: 'X', status, code: 'database-busy', detail: 'X' })
const problemHeaders = { 'content-type': 'application/problem+json', 'x-request-id': 'r1' }

t.test('an answer fits the document', async (t) => {
  const cases: [string, Answered][] = [
    ['with a listed status, type and body', answered()],
    [
      'as a refusal',
      answered({ status: 503, headers: { ...problemHeaders, 'retry-after': '1' }, body: problem(503) }),
    ],
    ['without a body, to HEAD', answered({ method: 'HEAD', body: null })],
  ]
  for (const [title, given] of cases)
    t.test(title, async (t) => {
      t.strictSame(violationsOf(given), [])
    })
})

t.test('an answer violates the document', async (t) => {
  const cases: [string, Answered, RegExp][] = [
    ['with a status that is not listed', answered({ status: 418 }), /418 is not listed/],
    [
      'with another type',
      answered({ headers: { ...answered().headers, 'content-type': 'text/html' } }),
      /"text\/html"/,
    ],
    ['with a body that lacks a field', answered({ body: '{"items":[]}' }), /nextCursor/],
    [
      'with a wrong value deep inside',
      answered({ body: JSON.stringify({ ...page, items: [supplier] }) }),
      /\/items\/0/,
    ],
    [
      'without a required header',
      answered({ headers: { 'content-type': 'application/json' } }),
      /x-request-id/,
    ],
    [
      'as a 503 that does not say when to come back',
      answered({ status: 503, headers: problemHeaders, body: problem(503) }),
      /retry-after/,
    ],
    ['of a route that no document has', answered({ url: '/v2/secrets' }), /openapi has no GET \/v2\/secrets/],
  ]
  for (const [title, given, expected] of cases)
    t.test(title, async (t) => {
      t.match(violationsOf(given).join('\n'), expected)
    })
})

t.test('a violation fails the tests of its process, though they look at nothing', async (t) => {
  const { code, stdout } = await run(t, 'test/conformance/violating-server.js')
  t.equal(code, 1)
  t.match(stdout, /not ok .* GET \/v2\/suppliers answers 200: .*nextCursor/)
})
