import { anotherTemplate, countOf, day, givenWork, type Scenario } from './scenario.js'

const dueDates = ['2026-03-10', '2026-04-10']

export const newTemplateScenarios: Scenario[] = [
  {
    rule: 'new template',
    says: 'reaches the suppliers with an active assignment to the project, and nobody else',
    play: async (tracker) => {
      const work = await givenWork(tracker, { dueDates, suppliers: 3 })
      await givenWork(tracker, { dueDates, suppliers: 1 })
      await tracker.changeAssignment(String(work.assignments[2]), { status: 'on hold' })
      const { status, body } = await anotherTemplate(tracker, work)
      const reached = await tracker.instances({ templateId: body.id })
      return [
        status,
        reached.map(({ assignmentId, dueDate }) => [work.assignments.indexOf(assignmentId), day(dueDate)]),
      ]
    },
    expected: [
      201,
      [
        [0, '2026-05-10'],
        [1, '2026-05-10'],
      ],
    ],
  },
  {
    rule: 'new template',
    says: 'that is not active reaches nobody until it is',
    play: async (tracker) => {
      const work = await givenWork(tracker, { dueDates, suppliers: 2 })
      const { id } = (await anotherTemplate(tracker, work, { isActive: false })).body
      const before = await countOf(tracker, { templateId: id })
      await tracker.changeTemplate(id, { isActive: true })
      return [before, await countOf(tracker, { templateId: id })]
    },
    expected: [0, 2],
  },
  {
    rule: 'new template',
    says: 'is refused without its parents, and creates nothing',
    play: async (tracker) => {
      const { projectId, sectionId, taskTypeId } = await givenWork(tracker, { dueDates, suppliers: 1 })
      const taskId = await tracker.task({ taskTypeId, sectionId })
      const whole = { projectId, sectionId, taskId, dueDate: '2026-05-10' }
      const refused = []
      for (const wrong of [
        { projectId: 'none' },
        { taskId: 'none' },
        { dueDate: 'soon' },
        { dueDate: '2026-02-29' },
      ]) {
        const { status, refused: why } = await tracker.addTemplate({ ...whole, ...wrong })
        refused.push([status, ...(why?.paths ?? [])])
      }
      return [...refused, await countOf(tracker)]
    },
    expected: [[422, '/projectId'], [422, '/taskId'], [422, '/dueDate'], [422, '/dueDate'], 2],
  },
  {
    rule: 'new template',
    says: 'is not given to a supplier of another project by hand either',
    play: async (tracker) => {
      const { templates } = await givenWork(tracker, { dueDates, suppliers: 0 })
      const { assignments } = await givenWork(tracker, { dueDates, suppliers: 1 })
      const { status, refused } = await tracker.addInstance({
        assignmentId: assignments[0],
        templateId: templates[0],
      })
      return [status, ...(refused?.paths ?? [])]
    },
    expected: [422, '/templateId'],
  },
]
