import { givenInstances, type Scenario } from './scenario.js'
import type { DashboardLine, Tracker } from './tracker.js'

/** Effective due dates at the borders, as of NOW. */
const borders = {
  'a millisecond before': '2026-02-28T23:59:59.999Z',
  'the instant itself': '2026-03-01T00:00:00.000Z',
  'seven days later': '2026-03-08T00:00:00.000Z',
  'a millisecond after that': '2026-03-08T00:00:00.001Z',
}

/**
 * One supplier for each border, so that the dashboard's line of a supplier tells of one instance; `by` is
 * how the instance gets to be due then.
 */
async function countedAtBorders(tracker: Tracker, change: object, by: 'dueDate' | 'actualDueDate') {
  const { instances, suppliers } = await givenInstances(tracker, '2026-02-01', Object.keys(borders).length)
  for (const [index, due] of Object.values(borders).entries())
    await tracker.changeInstance(String(instances[index]), { ...change, [by]: due })
  const { bySupplier } = await tracker.dashboard()
  const counted = (count: (line: DashboardLine) => number) =>
    Object.keys(borders).filter((_, index) => {
      const line = bySupplier.find((one) => 'supplierId' in one && one.supplierId === suppliers[index])
      return line !== undefined && count(line) > 0
    })
  return {
    overdue: counted(({ overdue }) => overdue),
    dueNext7Days: counted(({ dueNext7Days }) => dueNext7Days),
    listed: (await tracker.instances({ overdue: 'true' })).map(
      ({ id }) => Object.keys(borders)[instances.indexOf(id)],
    ),
  }
}

const openAtBorders = {
  overdue: ['a millisecond before'],
  dueNext7Days: ['the instant itself', 'seven days later'],
  listed: ['a millisecond before'],
}

const nothing = { overdue: [], dueNext7Days: [], listed: [] }

const atBorders = (
  rule: Scenario['rule'],
  says: string,
  change: object,
  expected: typeof openAtBorders | typeof nothing,
  by: 'dueDate' | 'actualDueDate' = 'dueDate',
): Scenario => ({ rule, says, play: (tracker) => countedAtBorders(tracker, change, by), expected })

export const countScenarios: Scenario[] = [
  atBorders('overdue', 'is what is due before as-of, and not at it', {}, openAtBorders),
  atBorders(
    'due next 7 days',
    'has both of its ends, to the millisecond, by the override',
    {},
    openAtBorders,
    'actualDueDate',
  ),
  ...(['in_progress', 'blocked'] as const).map((status) =>
    atBorders('open', `is what is ${status}`, { status }, openAtBorders),
  ),
  ...(['completed', 'cancelled'] as const).map((status) =>
    atBorders('open', `is nothing that is ${status}`, { status }, nothing),
  ),
  atBorders('applied', 'work alone is overdue or due', { isApplied: false }, nothing),
  {
    rule: 'applied',
    says: 'work alone is in any count; the rest keeps its history, and comes back',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-02-01', 1)
      const id = String(instances[0])
      await tracker.changeInstance(id, { status: 'blocked', notes: 'kept', actualDueDate: '2026-02-02' })
      const seen = []
      for (const isApplied of [false, true]) {
        const { body } = await tracker.changeInstance(id, { isApplied })
        const { totals } = await tracker.dashboard()
        seen.push([body.status, body.isOverdue, totals.instances, totals.overdue, totals.blocked])
        seen.push((await tracker.instances({ isApplied: String(isApplied) })).length)
      }
      return seen
    },
    expected: [['blocked', false, 0, 0, 0], 1, ['blocked', true, 1, 1, 1], 1],
  },
  {
    rule: 'blocked count',
    says: 'is of applied instances with that status, due or not',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-09-01', 3)
      const changes = [
        { status: 'blocked' },
        { status: 'blocked', isApplied: false },
        { status: 'in_progress' },
      ]
      for (const [index, change] of changes.entries())
        await tracker.changeInstance(String(instances[index]), change)
      const { totals, bySupplier } = await tracker.dashboard()
      return [totals.blocked, totals.byStatus.blocked, ...bySupplier.map(({ blocked }) => blocked)]
    },
    expected: [1, 1, 1, 0, 0],
  },
]
