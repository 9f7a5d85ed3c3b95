import fc from 'fast-check'
import t from 'tap'
import { addDays, daysBetween, startOfUtcDay, utcDay } from '../../src/kernel/calendar-day.js'
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../src/kernel/instant.js'

const at = (text: string) => Date.parse(text)

t.test('days between two instants', async (t) => {
  for (const [from, to, days] of [
    ['2026-03-01T00:00:00Z', '2026-03-01T23:59:59.999Z', 0],
    ['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00Z', 1],
    ['2026-03-02T00:00:00Z', '2026-03-01T23:59:59.999Z', -1],
    ['2028-02-28T12:00:00Z', '2028-03-01T00:00:00Z', 2],
    ['2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', 2],
  ] as const)
    t.test(`from ${from} to ${to} are ${days}`, async (t) => t.equal(daysBetween(at(from), at(to)), days))

  t.test('are those that the calendar is moved by, from any instant', async (t) => {
    const instant = fc.integer({ min: EARLIEST_INSTANT, max: LATEST_INSTANT })
    const moves = fc.property(instant, fc.integer({ min: -36_500, max: 36_500 }), (ms, days) => {
      const moved = new Date(ms)
      moved.setUTCDate(moved.getUTCDate() + days)
      return addDays(ms, days) === moved.getTime() && daysBetween(ms, moved.getTime()) === days
    })
    t.doesNotThrow(() => fc.assert(moves))
  })
})

t.test('a day begins at midnight UTC', async (t) => {
  t.equal(startOfUtcDay(utcDay(at('2026-03-01T23:59:59.999Z'))), at('2026-03-01T00:00:00Z'))
})
