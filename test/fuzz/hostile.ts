import fc from 'fast-check'

/** What no field is. */
export const wrongValue = fc.constantFrom<unknown>(
  ...[null, true, -1, 1.5, 1e308, 9_007_199_254_740_993, '', ' ', '\ud800', 'a\0b', '2026-02-30', 'soon'],
  ...[[], {}, [[]], ['x', 'x'], { $ne: null }, 'x'.repeat(5_000), "'; drop table suppliers; --"],
)

/** In a path: of nothing, ill-formed, or on its way elsewhere. */
export const wrongSegment = fc.oneof(
  fc.constantFrom(
    'none',
    '%00',
    '%zz',
    '%ED%A0%80',
    '..%2f..%2fetc%2fpasswd',
    'x'.repeat(101),
    'x'.repeat(900),
  ),
  fc.constantFrom("'%20or%201=1", '%F0%9F%94%A7', 'null', '__proto__', 'constructor', '*', '-1', '.'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(encodeWhole),
)

/** Text of any kind, as it may stand in an address. */
export function encodeWhole(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '?'))
}

export const wrongQuery = fc.oneof(
  fc.constantFrom(
    'nmae=x',
    'limit=0',
    'limit=501',
    'limit=1e3',
    'cursor=nothing',
    'cursor=WyJub25lIg',
    '=',
    '%zz=1',
  ),
  fc.constantFrom(
    'asOf=2026-02-30',
    'asOf=soon',
    'limit=1&limit=2',
    'sort=name',
    '__proto__=1',
    'dueFrom=9999-99-99',
  ),
  fc.tuple(fc.string(), fc.string({ unit: 'binary' })).map((pair) => pair.map(encodeWhole).join('=')),
)

/** As opaque as a real one: the text of JSON, in base64url. */
export const anyCursor = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  fc
    .array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 4 })
    .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  fc.string({ unit: 'binary', maxLength: 60 }).map(encodeWhole),
)

/** What a header may carry: Node lets no other bytes through. */
const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
})

export const anyTag = fc.oneof(
  fc.constantFrom('*', '"x"', 'W/"x"', '"', '"a", "b"', '', ',', '"\\"', 'W/', '"x'.repeat(500)),
  headerText.map((text) => `"${text}"`),
  headerText,
)

export const hostileHeaders = fc.constantFrom<Record<string, string>>(
  { accept: 'application/xml' },
  { accept: '*/*;q=nothing, text/markdown;q=0.1' },
  { 'x-request-id': "'; drop table suppliers; --" },
  { 'x-request-id': 'x'.repeat(10_000) },
  { range: 'bytes=0-' },
  { range: 'bytes=5-1' },
  { range: 'bytes=-99999999999999999999' },
  { range: 'lines=1-2' },
  { 'if-none-match': '*' },
  { 'if-range': 'never' },
  { prefer: 'wait=-1, respond-async=maybe' },
  { 'last-event-id': '-1' },
  { 'last-event-id': '999999999999999' },
  { 'idempotency-key': 'ü'.repeat(10) },
  { 'idempotency-key': 'x'.repeat(256) },
  { 'transfer-encoding': 'chunked' },
  { 'content-encoding': 'gzip' },
  { 'content-length': '0' },
  { 'x-http-method-override': 'DELETE' },
  { host: 'elsewhere.example' },
  { connection: 'upgrade', upgrade: 'websocket' },
  { expect: '100-continue' },
  { cookie: 'a='.repeat(2_000) },
  { traceparent: '00-0-0-0' },
)

export const wrongType = fc.constantFrom(
  ...[
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'application/merge-patch+json',
    'nonsense',
    'a/b/c',
    ';',
  ],
)

const broken = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '0',
  '{"__proto__":{}}',
  '{"a":1}}',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{"name":"\\ud800"}',
]

export const junkBody = fc.oneof(
  fc.constantFrom(...broken, `{"x":${'['.repeat(2_000)}${']'.repeat(2_000)}}`),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)
