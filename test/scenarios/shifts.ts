import { day, givenWork, type Scenario } from './scenario.js'
import type { Tracker } from './tracker.js'

/** What `dueDates` become when their project is shifted. */
const shifted = (says: string, days: number, dueDates: string[], expected: string[]): Scenario => ({
  rule: 'shift',
  says,
  play: async (tracker) => {
    const { projectId, templates } = await givenWork(tracker, { dueDates, suppliers: 0 })
    await tracker.shift(projectId, { days })
    return readDueDates(tracker, templates)
  },
  expected,
})

const readDueDates = async (tracker: Tracker, templates: readonly string[]) =>
  Promise.all(templates.map(async (id) => day((await tracker.template(id)).dueDate)))

/** Two projects with the same two tasks, of two task types: `here` and `there` have [one type, the other]. */
async function givenTwoProjects(tracker: Tracker) {
  const types = []
  for (let n = 0; n < 2; n++) {
    const taskTypeId = await tracker.taskType()
    const sectionId = await tracker.section(taskTypeId)
    types.push({ taskTypeId, sectionId, taskId: await tracker.task({ taskTypeId, sectionId }) })
  }
  const [one, other] = types as [(typeof types)[0], (typeof types)[0]]
  const projects: { id: string; templates: string[] }[] = []
  for (const month of ['03', '06']) {
    const projectId = await tracker.project()
    const templates: string[] = []
    for (const { sectionId, taskId } of types) {
      const template = { projectId, sectionId, taskId, dueDate: `2026-${month}-10` }
      templates.push((await tracker.addTemplate(template)).body.id)
    }
    projects.push({ id: projectId, templates })
  }
  const [here, there] = projects as [(typeof projects)[0], (typeof projects)[0]]
  const all = [...here.templates, ...there.templates]
  return { one, other, here, there, dueDates: async () => readDueDates(tracker, all) }
}

export const shiftScenarios: Scenario[] = [
  shifted(
    'goes over the ends of months and years',
    1,
    ['2026-01-31', '2026-02-28', '2026-04-30', '2026-12-31'],
    ['2026-02-01', '2026-03-01', '2026-05-01', '2027-01-01'],
  ),
  shifted(
    'goes over leap days',
    1,
    ['2028-02-28', '2028-02-29', '2027-02-28', '2100-02-28'],
    ['2028-02-29', '2028-03-01', '2027-03-01', '2100-03-01'],
  ),
  shifted('counts days, not years', 365, ['2027-03-01', '2027-02-28'], ['2028-02-29', '2028-02-28']),
  shifted('goes back as well', -1, ['2026-03-01', '2028-03-01'], ['2026-02-28', '2028-02-29']),
  shifted(
    'keeps the distance between templates and the time of day, over changes of clocks anywhere',
    30,
    ['2026-03-10T23:30:00Z', '2026-03-11', '2026-10-01T08:00:00.001Z'],
    ['2026-04-09T23:30:00.000Z', '2026-04-10', '2026-10-31T08:00:00.001Z'],
  ),
  {
    rule: 'shift',
    says: 'is of one project, or of a task type or a section of it',
    play: async (tracker) => {
      const { one, other, here, dueDates } = await givenTwoProjects(tracker)
      const dates = []
      for (const part of [{}, { taskTypeId: one.taskTypeId }, { sectionId: other.sectionId }]) {
        await tracker.shift(here.id, { days: 1, ...part })
        dates.push(await dueDates())
      }
      return dates
    },
    expected: [
      ['2026-03-11', '2026-03-11', '2026-06-10', '2026-06-10'],
      ['2026-03-12', '2026-03-11', '2026-06-10', '2026-06-10'],
      ['2026-03-12', '2026-03-12', '2026-06-10', '2026-06-10'],
    ],
  },
  {
    rule: 'shift',
    says: 'can be of every project that uses the task type, each by the same days',
    play: async (tracker) => {
      const { one, here, dueDates } = await givenTwoProjects(tracker)
      await tracker.shift(here.id, { days: 21, taskTypeId: one.taskTypeId, scope: 'all-projects-using-type' })
      return dueDates()
    },
    expected: ['2026-03-31', '2026-03-10', '2026-07-01', '2026-06-10'],
  },
  {
    rule: 'shift',
    says: 'leaves another project alone that has the task type switched off, and says so',
    play: async (tracker) => {
      const { one, here, there, dueDates } = await givenTwoProjects(tracker)
      await tracker.changeTemplate(String(there.templates[0]), { isActive: false })
      const shift = { days: 1, sectionId: one.sectionId, scope: 'all-projects-using-type' }
      const { body } = await tracker.shift(here.id, shift)
      return { dates: await dueDates(), stays: body.templates.map(({ stays }) => stays) }
    },
    expected: {
      dates: ['2026-03-11', '2026-03-10', '2026-06-10', '2026-06-10'],
      stays: [null, 'task-type-off'],
    },
  },
  {
    rule: 'shift',
    says: 'shows in a dry run what the same shift then does',
    play: async (tracker) => {
      const dueDates = ['2026-03-10', '2026-03-20']
      const { projectId, templates } = await givenWork(tracker, { dueDates, suppliers: 2 })
      const planned = (await tracker.shift(projectId, { days: -1, dryRun: true })).body
      const before = await readDueDates(tracker, templates)
      const done = (await tracker.shift(projectId, { days: -1 })).body
      const named = done.templates.map(({ id, from, to, stays, propagation }) => [
        templates.indexOf(id),
        day(from),
        day(to),
        stays,
        propagation.updated,
      ])
      const isSame = JSON.stringify({ ...planned, dryRun: false }) === JSON.stringify(done)
      return { before, isSame, wasDry: planned.dryRun, propagation: done.propagation, named }
    },
    expected: {
      before: ['2026-03-10', '2026-03-20'],
      isSame: true,
      wasDry: true,
      propagation: { updated: 4, keptOverride: 0, keptCompleted: 0 },
      named: [
        [0, '2026-03-10', '2026-03-09', null, 2],
        [1, '2026-03-20', '2026-03-19', null, 2],
      ],
    },
  },
  {
    rule: 'shift',
    says: 'is refused as a whole',
    play: async (tracker) => {
      const { one, other, here, dueDates } = await givenTwoProjects(tracker)
      const scope = 'all-projects-using-type'
      const refused = []
      for (const shift of [
        {},
        { days: 0.5 },
        { days: 36_500 },
        { days: 1, scope },
        { days: 1, taskTypeId: 'none' },
        { days: 1, sectionId: 'none' },
        { days: 1, taskTypeId: one.taskTypeId, sectionId: other.sectionId },
      ]) {
        const answer = await tracker.shift(here.id, shift)
        refused.push([answer.status, ...(answer.refused?.paths ?? [])])
      }
      refused.push([(await tracker.shift('none', { days: 1 })).status])
      return { refused, dates: await dueDates() }
    },
    expected: {
      refused: [
        [422, '/days'],
        [422, '/days'],
        [422, '/days'],
        [422, '/taskTypeId'],
        [422, '/taskTypeId'],
        [422, '/sectionId'],
        [422, '/sectionId'],
        [404],
      ],
      dates: ['2026-03-10', '2026-03-10', '2026-06-10', '2026-06-10'],
    },
  },
]
