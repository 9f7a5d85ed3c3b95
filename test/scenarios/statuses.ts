import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { NOW, givenInstances, type Scenario } from './scenario.js'
import type { Tracker } from './tracker.js'

const LATER = '2026-03-05T10:00:00.000Z'

/** Makes the changes one after the other, a day apart, and gives `completedAt` after each. */
async function completedAtAfter(tracker: Tracker, changes: object[]) {
  const { instances } = await givenInstances(tracker, '2026-03-10', 1)
  const after = []
  for (const change of changes) {
    const { body } = await tracker.changeInstance(String(instances[0]), { ...change })
    after.push(body.completedAt)
    tracker.clock.now += 24 * 60 * 60 * 1000
  }
  return after
}

/** Each change is tried on a new instance; gives how it was refused. */
async function refusalsOf(tracker: Tracker, changes: object[]) {
  const { instances } = await givenInstances(tracker, '2026-03-10', changes.length)
  const refused = []
  for (const [index, change] of changes.entries()) {
    const id = String(instances[index])
    const answer = await tracker.changeInstance(id, { ...change })
    refused.push([answer.status, ...(answer.refused?.paths ?? []), (await tracker.instance(id)).status])
  }
  return refused
}

export const statusScenarios: Scenario[] = [
  {
    rule: 'statuses',
    says: 'may follow each other in any order',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-10', 1)
      const id = String(instances[0])
      let allowed = 0
      for (const from of instanceStatuses)
        for (const to of instanceStatuses) {
          await tracker.changeInstance(id, { status: from })
          const { body } = await tracker.changeInstance(id, { status: to })
          if (body.status === to) allowed++
        }
      return allowed
    },
    expected: 25,
  },
  {
    rule: 'statuses',
    says: 'are five, and no other is taken',
    play: (tracker) =>
      refusalsOf(
        tracker,
        ['done', 'In Progress', '', null, 1].map((status) => ({ status })),
      ),
    expected: Array.from({ length: 5 }, () => [422, '/status', 'not_started']),
  },
  {
    rule: 'statuses',
    says: 'do not change against a stale ETag',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-10', 1)
      const id = String(instances[0])
      const { status } = await tracker.changeInstance(id, { status: 'completed' }, { 'if-match': '"old"' })
      return [status, (await tracker.instance(id)).status]
    },
    expected: [412, 'not_started'],
  },
  {
    rule: 'completion',
    says: 'sets completedAt to now, and leaving it clears that',
    play: (tracker) =>
      completedAtAfter(tracker, [
        { status: 'completed' },
        { status: 'in_progress' },
        { status: 'completed' },
      ]),
    expected: [NOW, null, '2026-03-03T00:00:00.000Z'],
  },
  {
    rule: 'completion',
    says: 'keeps its instant while the status is completed, whatever else is changed',
    play: (tracker) =>
      completedAtAfter(tracker, [
        { status: 'completed' },
        { notes: 'by courier' },
        { status: 'completed' },
        { isApplied: false },
      ]),
    expected: [NOW, NOW, NOW, NOW],
  },
  {
    rule: 'completion',
    says: 'takes the instant that is given, with the status or afterwards',
    play: (tracker) =>
      completedAtAfter(tracker, [
        { status: 'completed', completedAt: LATER },
        { completedAt: '2026-02-28' },
        { status: 'blocked' },
        { status: 'completed', completedAt: null },
      ]),
    expected: [LATER, '2026-02-28T00:00:00.000Z', null, '2026-03-04T00:00:00.000Z'],
  },
  {
    rule: 'completion',
    says: 'has no instant without the status',
    play: (tracker) =>
      refusalsOf(tracker, [
        { completedAt: LATER },
        { status: 'cancelled', completedAt: LATER },
        { status: 'completed', completedAt: '2026-02-30' },
      ]),
    expected: [
      [422, '/completedAt', 'not_started'],
      [422, '/completedAt', 'not_started'],
      [422, '/completedAt', 'not_started'],
    ],
  },
  {
    rule: 'blocked',
    says: 'has a reason, which is cleared on leaving it',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-10', 1)
      const reasons = []
      for (const change of [
        { status: 'blocked', blockedReason: 'no steel' },
        { notes: 'asked again' },
        { blockedReason: 'no steel until May' },
        { blockedReason: null },
        { blockedReason: 'no steel' },
        { status: 'in_progress' },
        { status: 'blocked' },
      ])
        reasons.push((await tracker.changeInstance(String(instances[0]), change)).body.blockedReason)
      return reasons
    },
    expected: ['no steel', 'no steel', 'no steel until May', null, 'no steel', null, null],
  },
  {
    rule: 'blocked',
    says: 'is the only status with a reason',
    play: (tracker) =>
      refusalsOf(tracker, [
        { blockedReason: 'no steel' },
        { status: 'completed', blockedReason: 'no steel' },
      ]),
    expected: [
      [422, '/blockedReason', 'not_started'],
      [422, '/blockedReason', 'not_started'],
    ],
  },
]
