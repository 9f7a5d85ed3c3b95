import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import { storedBoolean, storedInstant } from '../../src/db/stored-instant.js'

const db = new BetterSqlite3(':memory:')
const read = db.prepare(`SELECT ${storedInstant('x')} FROM (SELECT ? AS x)`).pluck()
// SQLite knows what is an integer by the value that it gets: numbers of JavaScript arrive as REAL.
const instantOf = (stored: string | number | null) =>
  read.get(typeof stored === 'number' ? BigInt(stored) : stored)
const pad = (n: number, width = 2) => String(n).padStart(width, '0')

const instants = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2101, 0, 1) - 1 })
const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 })

t.test('a stored instant', async (t) => {
  t.test('as epoch milliseconds is itself', async (t) => {
    fc.assert(
      fc.property(instants, (ms) => instantOf(ms) === ms),
      { numRuns: 2_000 },
    )
    t.pass()
  })
  t.test('as CURRENT_TIMESTAMP’s text is that second in UTC', async (t) => {
    fc.assert(
      fc.property(instants, (ms) => {
        const text = new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
        return instantOf(text) === Math.floor(ms / 1000) * 1000
      }),
      { numRuns: 2_000 },
    )
    t.pass()
  })
  t.test('as ISO 8601, with Z or any offset, is the instant to the millisecond', async (t) => {
    fc.assert(
      fc.property(instants, offsets, fc.boolean(), (ms, offset, isUtc) => {
        if (isUtc) return instantOf(new Date(ms).toISOString()) === ms
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
        const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
        return instantOf(local + zone) === ms && instantOf(local + zone) === Date.parse(local + zone)
      }),
      { numRuns: 5_000 },
    )
    t.pass()
  })
  t.test('finer than a millisecond is one of its two neighbours', async (t) => {
    fc.assert(
      fc.property(instants, fc.nat(999), (ms, micros) => {
        const read = instantOf(`${new Date(ms).toISOString().slice(0, -1)}${pad(micros, 3)}Z`) as number
        return read === ms || (micros > 0 && read === ms + 1)
      }),
      { numRuns: 2_000 },
    )
    t.pass()
  })
  t.test('is on every day of the calendar and on no other', async (t) => {
    const dayOf = fc.tuple(fc.integer({ min: 1990, max: 2100 }), fc.nat(13), fc.nat(32))
    fc.assert(
      fc.property(dayOf, fc.boolean(), ([year, month, day], isIso) => {
        const text = `${year}-${pad(month)}-${pad(day)}`
        const ms = Date.parse(`${text}T00:00:00Z`)
        const isDay = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
        return instantOf(isIso ? `${text}T00:00:00Z` : `${text} 00:00:00`) === (isDay ? ms : null)
      }),
      { numRuns: 3_000 },
    )
    t.pass()
  })
  for (const text of [
    null,
    '',
    'soon',
    '2026-03-01',
    '2026-03-01T10:00:00',
    '2026-03-01T10:00Z',
    '2026-03-01T10:00:00z',
    '2026-03-01T10:00:00 Z',
    '2026-03-01T10:00:00 +02:00',
    '2026-03-01T24:30:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T23:59:60Z',
    '2026-03-01T10:00:00+0200',
    '2026-03-01T10:00:00.Z',
    '2026-03-01 10:00:00 ',
    '2026-03-01 10:00:00.5 ',
    ' 2026-03-01 10:00:00',
    '2026-03-01 10:00:00Z',
    '1772323200000',
    '+2026-03-01T10:00:00Z',
  ])
    t.test(`is none in ${JSON.stringify(text)}`, async (t) => t.equal(instantOf(text), null))

  t.test('is none in a fraction or in bytes', async (t) => {
    t.equal(read.get(1.5), null)
    t.equal(read.get(Buffer.from('2026-03-01 10:00:00')), null)
  })
})

t.test('a stored boolean', async (t) => {
  const booleanOf = db.prepare(`SELECT ${storedBoolean('x')} FROM (SELECT ? AS x)`).pluck()
  for (const [stored, expected] of [
    [1, 1],
    [0, 0],
    ['true', 1],
    ['TRUE', 1],
    ['False', 0],
    [2, null],
    [-1, null],
    ['yes', null],
    ['', null],
    [null, null],
    [' true', null],
  ] as const)
    t.test(`${JSON.stringify(stored)} is ${expected ?? 'none'}`, async (t) => {
      t.equal(booleanOf.get(stored), expected)
    })
})
