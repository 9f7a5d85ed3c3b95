import { day, givenInstances, givenWork, type Scenario } from './scenario.js'
import type { Tracker } from './tracker.js'

/** One instance in each state that propagation tells apart. */
const states = {
  not_started: {},
  in_progress: { status: 'in_progress' },
  blocked: { status: 'blocked' },
  cancelled: { status: 'cancelled' },
  completed: { status: 'completed' },
  'with an override': { actualDueDate: '2026-03-20' },
  'completed with an override': { status: 'completed', actualDueDate: '2026-03-20' },
  'not applied': { isApplied: false },
}

async function givenStates(tracker: Tracker) {
  const given = await givenInstances(tracker, '2026-03-10', Object.keys(states).length)
  for (const [index, change] of Object.values(states).entries())
    if (Object.keys(change).length > 0) await tracker.changeInstance(String(given.instances[index]), change)
  const dueDates = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(states).map(async (state, index) => [
          state,
          day((await tracker.instance(String(given.instances[index]))).dueDate),
        ]),
      ),
    ) as Record<string, string>
  return { ...given, dueDates }
}

const moved = {
  not_started: '2026-04-01',
  in_progress: '2026-04-01',
  blocked: '2026-04-01',
  cancelled: '2026-04-01',
  completed: '2026-03-10',
  'with an override': '2026-03-10',
  'completed with an override': '2026-03-10',
  'not applied': '2026-04-01',
}

const counts = { updated: 5, keptOverride: 2, keptCompleted: 1 }

export const dueDateScenarios: Scenario[] = [
  {
    rule: 'effective due date',
    says: 'is the override while there is one, else the due date',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-10', 1)
      const [id = ''] = instances
      const dates = [(await tracker.instance(id)).effectiveDueDate]
      for (const actualDueDate of ['2026-03-20', '2026-03-01', null])
        dates.push((await tracker.changeInstance(id, { actualDueDate })).body.effectiveDueDate)
      return dates.map(day)
    },
    expected: ['2026-03-10', '2026-03-20', '2026-03-01', '2026-03-10'],
  },
  {
    rule: 'effective due date',
    says: 'is what a list is filtered by, both ends included',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-10', 2)
      await tracker.changeInstance(String(instances[1]), { actualDueDate: '2026-03-20' })
      const found = async (filter: Record<string, string>) =>
        (await tracker.instances(filter)).map(({ id }) => instances.indexOf(id))
      return [
        await found({ dueFrom: '2026-03-20' }),
        await found({ dueTo: '2026-03-10' }),
        await found({ dueFrom: '2026-03-10', dueTo: '2026-03-20' }),
        await found({ dueFrom: '2026-03-11', dueTo: '2026-03-19' }),
      ]
    },
    expected: [[1], [0], [0, 1], []],
  },
  {
    rule: 'effective due date',
    says: 'can be in the years 1990 to 2100, to the millisecond',
    play: async (tracker) => {
      const { templateId, instances } = await givenInstances(tracker, '2026-03-10', 1)
      const id = String(instances[0])
      const seen = []
      for (const date of [
        '1990-01-01',
        '1989-12-31T23:59:59.999Z',
        '1990-01-01T00:00:00+00:01',
        '2100-12-31T23:59:59.999Z',
        '2101-01-01',
        '2100-12-31T23:59:59.999-00:01',
      ]) {
        const moved = await tracker.changeTemplate(templateId, { dueDate: date })
        const agreed = await tracker.changeInstance(id, { actualDueDate: date })
        const { effectiveDueDate, dueDate } = await tracker.instance(id)
        seen.push([moved.status, agreed.status, day(effectiveDueDate), day(dueDate)])
        await tracker.changeInstance(id, { actualDueDate: null })
      }
      return seen
    },
    expected: [
      [200, 200, '1990-01-01', '1990-01-01'],
      [422, 422, '1990-01-01', '1990-01-01'],
      [422, 422, '1990-01-01', '1990-01-01'],
      [200, 200, '2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
      [422, 422, '2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
      [422, 422, '2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
    ],
  },
  {
    rule: 'propagation',
    says: 'moves every instance without an override that is not completed, and counts the others by reason',
    play: async (tracker) => {
      const { templateId, dueDates } = await givenStates(tracker)
      const { status, body } = await tracker.changeTemplate(templateId, { dueDate: '2026-04-01' })
      return {
        status,
        propagation: body.propagation,
        template: day(body.dueDate),
        instances: await dueDates(),
      }
    },
    expected: { status: 200, propagation: counts, template: '2026-04-01', instances: moved },
  },
  {
    rule: 'propagation',
    says: 'reaches an instance again once it is not completed any more, or has no override',
    play: async (tracker) => {
      const { templateId, instances } = await givenInstances(tracker, '2026-03-10', 2)
      const [done = '', agreed = ''] = instances
      await tracker.changeInstance(done, { status: 'completed' })
      await tracker.changeInstance(agreed, { actualDueDate: '2026-03-20' })
      const first = (await tracker.changeTemplate(templateId, { dueDate: '2026-04-01' })).body.propagation
      await tracker.changeInstance(done, { status: 'in_progress' })
      await tracker.changeInstance(agreed, { actualDueDate: null })
      const second = (await tracker.changeTemplate(templateId, { dueDate: '2026-05-01' })).body.propagation
      const dates = [(await tracker.instance(done)).dueDate, (await tracker.instance(agreed)).dueDate]
      return { first, second, dates: dates.map(day) }
    },
    expected: {
      first: { updated: 0, keptOverride: 1, keptCompleted: 1 },
      second: { updated: 2, keptOverride: 0, keptCompleted: 0 },
      dates: ['2026-05-01', '2026-05-01'],
    },
  },
  {
    rule: 'propagation',
    says: 'leaves the instances of other templates alone, and happens only for a due date',
    play: async (tracker) => {
      const dueDates = ['2026-03-10', '2026-03-11']
      const { templates, assignments } = await givenWork(tracker, { dueDates, suppliers: 1 })
      const id = String(templates[0])
      const noted = (await tracker.changeTemplate(id, { notes: 'by courier' })).body.propagation
      await tracker.changeTemplate(id, { dueDate: '2026-03-12T08:30:00+02:00' })
      const instances = await tracker.instances({ assignmentId: String(assignments[0]) })
      return { noted, dates: instances.map(({ dueDate }) => day(dueDate)).sort() }
    },
    expected: {
      noted: { updated: 0, keptOverride: 0, keptCompleted: 0 },
      dates: ['2026-03-11', '2026-03-12T06:30:00.000Z'],
    },
  },
  {
    rule: 'propagation',
    says: 'goes on for a template that is not active: its instances are counted, and nobody new gets one',
    play: async (tracker) => {
      const dueDates = ['2026-03-10', '2026-03-11']
      const { projectId, templates } = await givenWork(tracker, { dueDates, suppliers: 1 })
      const id = String(templates[0])
      await tracker.changeTemplate(id, { isActive: false })
      const moved = (await tracker.changeTemplate(id, { dueDate: '2026-02-10' })).body.propagation
      const { created } = (await tracker.assign(await tracker.supplier(), projectId)).body
      const shifted = (await tracker.shift(projectId, { days: 1 })).body.propagation
      const { totals } = await tracker.dashboard()
      const instances = await tracker.instances()
      return {
        moved,
        created,
        shifted,
        counted: [totals.instances, totals.overdue],
        dates: instances.map(({ dueDate }) => day(dueDate)).sort(),
      }
    },
    expected: {
      moved: { updated: 1, keptOverride: 0, keptCompleted: 0 },
      created: 1,
      shifted: { updated: 3, keptOverride: 0, keptCompleted: 0 },
      counted: [3, 1],
      dates: ['2026-02-11', '2026-03-12', '2026-03-12'],
    },
  },
  {
    rule: 'propagation',
    says: 'does not begin where the change is refused',
    play: async (tracker) => {
      const { templateId, instances } = await givenInstances(tracker, '2026-03-10', 1)
      const refused = [
        await tracker.changeTemplate(templateId, { dueDate: '2026-02-30' }),
        await tracker.changeTemplate(templateId, { dueDate: '2026-04-01', colour: 'red' }),
        await tracker.changeTemplate(templateId, { dueDate: null }),
        await tracker.changeTemplate(templateId, { dueDate: '2026-04-01' }, { 'if-match': '"old"' }),
        await tracker.changeTemplate('none', { dueDate: '2026-04-01' }),
      ].map(({ status, refused }) => [status, refused?.code, ...(refused?.paths ?? [])])
      return { refused, dueDate: day((await tracker.instance(String(instances[0]))).dueDate) }
    },
    expected: {
      refused: [
        [422, 'invalid-input', '/dueDate'],
        [422, 'invalid-input', '/colour'],
        [422, 'invalid-input', '/dueDate'],
        [412, 'stale-etag'],
        [404, 'not-found'],
      ],
      dueDate: '2026-03-10',
    },
  },
  {
    rule: 'shift',
    says: 'carries each template’s new due date to its instances as propagation does',
    play: async (tracker) => {
      const { projectId, dueDates } = await givenStates(tracker)
      const { body } = await tracker.shift(projectId, { days: 22 })
      return { propagation: body.propagation, instances: await dueDates() }
    },
    expected: { propagation: counts, instances: moved },
  },
]
