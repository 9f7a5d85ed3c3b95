import fc from 'fast-check'
import t from 'tap'
import { allGroupsOn, apiGroups, groupOutOfOrder } from '../../src/kernel/api-groups.js'
import { dashboardCounts, type DashboardCountRow } from '../../src/kernel/dashboard.js'
import { DAY_MS, effectiveDueDate, isDueNext7Days, isOpen, isOverdue } from '../../src/kernel/due-date.js'
import { changeStatus, instanceStatuses, type InstanceStatus } from '../../src/kernel/instance-status.js'
import { EARLIEST_INSTANT, LATEST_INSTANT, formatInstant, parseInstant } from '../../src/kernel/instant.js'
import { newId } from '../../src/kernel/new-id.js'
import { readStoredList } from '../../src/kernel/stored-json.js'
import * as problems from '../../src/kernel/problem.js'

const NOW = Date.UTC(2026, 2, 1)
const open = { status: 'in_progress' as InstanceStatus, dueDate: NOW, actualDueDate: null, isApplied: true }

t.test('the effective due date', async (t) => {
  t.test('is the override where there is one', async (t) => {
    t.equal(effectiveDueDate({ dueDate: 1, actualDueDate: 2 }), 2)
    t.equal(effectiveDueDate({ dueDate: 1, actualDueDate: 0 }), 0)
  })
  t.test('is the due date where there is none', async (t) => {
    t.equal(effectiveDueDate({ dueDate: 1, actualDueDate: null }), 1)
  })
})

t.test('an instance', async (t) => {
  for (const status of instanceStatuses) {
    const isStillOpen = status !== 'completed' && status !== 'cancelled'
    t.test(
      `that is ${status} is ${isStillOpen ? '' : 'not '}open, and never when it is not applied`,
      async (t) => {
        t.equal(isOpen({ status, isApplied: true }), isStillOpen)
        t.equal(isOpen({ status, isApplied: false }), false)
        t.equal(isOverdue({ ...open, status, dueDate: NOW - 1 }, NOW), isStillOpen)
        t.equal(isDueNext7Days({ ...open, status }, NOW), isStillOpen)
      },
    )
  }
  const week = 7 * DAY_MS
  for (const [title, dueDate, overdue, next] of [
    ['a millisecond before as-of is overdue', NOW - 1, true, false],
    ['at as-of is due in the next 7 days, not overdue', NOW, false, true],
    ['7 days after as-of to the millisecond is due in them', NOW + week, false, true],
    ['a millisecond later is neither', NOW + week + 1, false, false],
  ] as const)
    t.test(`due ${title}`, async (t) => {
      t.equal(isOverdue({ ...open, dueDate }, NOW), overdue)
      t.equal(isDueNext7Days({ ...open, dueDate }, NOW), next)
      t.equal(isOverdue({ ...open, dueDate: 0, actualDueDate: dueDate }, NOW), overdue)
    })
  t.test('is never overdue and due next at once', async (t) => {
    const span = fc.integer({ min: NOW - 2 * week, max: NOW + 2 * week })
    fc.assert(
      fc.property(span, span, (dueDate, asOf) => {
        const one = { ...open, dueDate }
        return !(isOverdue(one, asOf) && isDueNext7Days(one, asOf))
      }),
    )
    t.pass()
  })
})

t.test('a change of status', async (t) => {
  const before = (status: InstanceStatus, more = {}) => ({
    status,
    completedAt: null,
    blockedReason: null,
    ...more,
  })
  const done = before('completed', { completedAt: 5 })

  t.test('to completed sets completedAt to now', async (t) => {
    t.equal(changeStatus(before('blocked'), { status: 'completed' }, NOW).completedAt, NOW)
  })
  t.test('to completed takes the given completedAt', async (t) => {
    t.equal(changeStatus(before('blocked'), { status: 'completed', completedAt: 7 }, NOW).completedAt, 7)
  })
  t.test('to completed with no completedAt at all takes now', async (t) => {
    t.equal(changeStatus(before('blocked'), { status: 'completed', completedAt: null }, NOW).completedAt, NOW)
  })
  t.test('to completed again keeps completedAt', async (t) => {
    t.equal(changeStatus(done, { status: 'completed' }, NOW).completedAt, 5)
  })
  for (const status of instanceStatuses.filter((one) => one !== 'completed'))
    t.test(`from completed to ${status} clears completedAt, even a given one`, async (t) => {
      t.equal(changeStatus(done, { status }, NOW).completedAt, null)
      t.equal(changeStatus(done, { status, completedAt: 7 }, NOW).completedAt, null)
    })
  t.test('of nothing but completedAt corrects it', async (t) => {
    t.equal(changeStatus(done, { completedAt: 9 }, NOW).completedAt, 9)
    t.equal(changeStatus(done, { completedAt: null }, NOW).completedAt, null)
  })
  t.test('out of blocked clears the reason, even a given one', async (t) => {
    const stuck = before('blocked', { blockedReason: 'strike' })
    t.equal(changeStatus(stuck, { status: 'in_progress' }, NOW).blockedReason, null)
    t.equal(changeStatus(stuck, { status: 'in_progress', blockedReason: 'x' }, NOW).blockedReason, null)
  })
  t.test('within blocked keeps, replaces or clears the reason', async (t) => {
    const stuck = before('blocked', { blockedReason: 'strike' })
    t.equal(changeStatus(stuck, {}, NOW).blockedReason, 'strike')
    t.equal(changeStatus(stuck, { blockedReason: 'fire' }, NOW).blockedReason, 'fire')
    t.equal(changeStatus(stuck, { blockedReason: null }, NOW).blockedReason, null)
  })
  t.test('to blocked takes the reason', async (t) => {
    t.equal(
      changeStatus(before('in_progress'), { status: 'blocked', blockedReason: 'x' }, NOW).blockedReason,
      'x',
    )
  })
})

t.test('an instant', async (t) => {
  t.test('is read as what it was formatted from', async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: EARLIEST_INSTANT, max: LATEST_INSTANT }),
        (ms) => parseInstant(formatInstant(ms)) === ms,
      ),
    )
    t.pass()
  })
  const read: Record<string, number> = {
    '2026-03-01': Date.UTC(2026, 2, 1),
    '2024-02-29': Date.UTC(2024, 1, 29),
    '2000-02-29T00:00:00Z': Date.UTC(2000, 1, 29),
    '2026-03-01T10:00:00+02:00': Date.UTC(2026, 2, 1, 8),
    '2026-03-01T00:30:00.5+01:00': Date.UTC(2026, 1, 28, 23, 30, 0, 500),
    '1990-01-01': EARLIEST_INSTANT,
    '2100-12-31T23:59:59.999Z': LATEST_INSTANT,
  }
  for (const [text, ms] of Object.entries(read))
    t.test(`is read from ${text}`, async (t) => t.equal(parseInstant(text), ms))

  for (const text of [
    '2026-02-29',
    '2100-02-29',
    '2026-04-31T10:00:00Z',
    '2026-13-01',
    '2026-00-10',
    '1989-12-31',
    '2101-01-01',
    '1990-01-01T00:00:00+01:00',
    '2026-03-01T10:00:00',
    '2026-03-01 10:00:00Z',
    '2026-03-01T25:00:00Z',
    '2026-03-01T10:60:00Z',
    '2026-03-01T10:00:60Z',
    '2026-03-01T10:00:00+99:00',
    '2026-3-1',
    ' 2026-03-01',
    '2026-03-01T24:00:00Z',
    '1772323200000',
    '',
  ])
    t.test(`is not read from "${text}"`, async (t) => t.equal(parseInstant(text), undefined))

  t.test('is on every day of the calendar and on no other', async (t) => {
    fc.assert(
      fc.property(fc.integer({ min: 1990, max: 2100 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const days = [
          31,
          year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
          31,
          30,
          31,
          30,
          31,
          31,
          30,
          31,
          30,
          31,
        ]
        const isDay = day >= 1 && day <= (days[month - 1] ?? 0)
        return (parseInstant(text) !== undefined) === isDay
      }),
      { numRuns: 2_000 },
    )
    t.pass()
  })
})

t.test('a dashboard', async (t) => {
  const none = { not_started: 0, in_progress: 0, completed: 0, blocked: 0, cancelled: 0 }
  t.test('of nothing is all zeros', async (t) => {
    t.strictSame(dashboardCounts([]), {
      instances: 0,
      byStatus: none,
      overdue: 0,
      dueNext7Days: 0,
      blocked: 0,
      completionRatio: 0,
    })
  })
  t.test('is the sum of its rows', async (t) => {
    const row: DashboardCountRow = {
      ...none,
      instances: 4,
      completed: 1,
      blocked: 3,
      overdue: 2,
      dueNext7Days: 1,
    }
    t.strictSame(dashboardCounts([row, row]), {
      instances: 8,
      byStatus: { ...none, completed: 2, blocked: 6 },
      overdue: 4,
      dueNext7Days: 2,
      blocked: 6,
      completionRatio: 0.25,
    })
  })
})

t.test('an id', async (t) => {
  t.test('looks like those of the original application', async (t) => t.match(newId(), /^c[\da-z]{24}$/))
  t.test('is another one each time, and sorts by time', async (t) => {
    const ids = Array.from({ length: 5_000 }, () => newId())
    t.equal(new Set(ids).size, ids.length)
    t.ok(newId(NOW) < newId(NOW + 1))
  })
})

t.test('a stored list', async (t) => {
  for (const [text, expected] of [
    [null, { list: [], raw: null }],
    ['[1,{"a":2}]', { list: [1, { a: 2 }], raw: null }],
    ['{"a":1}', { list: [], raw: '{"a":1}' }],
    ['null', { list: [], raw: 'null' }],
    ['[1', { list: [], raw: '[1' }],
    ['', { list: [], raw: '' }],
  ] as const)
    t.test(`is read from ${JSON.stringify(text)}`, async (t) => t.strictSame(readStoredList(text), expected))
})

t.test('the groups of the API', async (t) => {
  t.test('are in order on one version, and after each step of a cutover', async (t) => {
    const groups = allGroupsOn('v1')
    t.equal(groupOutOfOrder(groups), undefined)
    for (const group of apiGroups)
      t.equal(groupOutOfOrder(Object.assign(groups, { [group]: 'v2' })), undefined)
  })
  for (const [index, group] of apiGroups.entries())
    t.test(`are ${index === 0 ? 'in' : 'out of'} order when ${group} alone is on v2`, async (t) => {
      t.equal(groupOutOfOrder({ ...allGroupsOn('v1'), [group]: 'v2' }), index === 0 ? undefined : group)
    })
})

t.test('a problem', async (t) => {
  t.test('says what is wrong, with a stable code', async (t) => {
    t.match(problems.notFound('task', 'c1'), { status: 404, code: 'not-found', detail: /"c1"/ })
    t.match(problems.invalidInput([{ path: '/a', message: 'is bad' }]), { status: 422, detail: '/a is bad' })
    t.match(problems.staleEtag('task'), { status: 412, code: 'stale-etag' })
    t.match(problems.conflict('not-migrated', 'It is.', { a: 1 }), {
      status: 409,
      code: 'not-migrated',
      extra: { a: 1 },
    })
    t.match(problems.databaseBusy(), { status: 503, headers: { 'retry-after': '1' } })
  })
})
