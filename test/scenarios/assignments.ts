import { anotherTemplate, countOf, day, givenInstances, givenWork, type Scenario } from './scenario.js'

const dueDates = ['2026-03-10', '2026-04-10']

export const assignmentScenarios: Scenario[] = [
  {
    rule: 'assignment',
    says: 'gives the supplier one instance of each active template, not started, due as the template is',
    play: async (tracker) => {
      const work = await givenWork(tracker, { dueDates, suppliers: 0 })
      await anotherTemplate(tracker, work, { isActive: false })
      const { status, body } = await tracker.assign(await tracker.supplier(), work.projectId)
      const instances = await tracker.instances({ assignmentId: body.id })
      return {
        answer: [status, body.status, body.created, body.skipped],
        instances: instances.map((one) => [
          work.templates.indexOf(one.templateId),
          one.status,
          one.isApplied,
          day(one.dueDate),
          one.actualDueDate,
        ]),
      }
    },
    expected: {
      answer: [201, 'active', 2, 0],
      instances: [
        [0, 'not_started', true, '2026-03-10', null],
        [1, 'not_started', true, '2026-04-10', null],
      ],
    },
  },
  {
    rule: 'assignment',
    says: 'again creates only what is missing, and leaves the work as it is',
    play: async (tracker) => {
      const { instances, suppliers, projectId } = await givenInstances(tracker, '2026-03-10', 1)
      const [id = ''] = instances
      await tracker.changeInstance(id, { status: 'completed', isApplied: false })
      const again = await tracker.assign(String(suppliers[0]), projectId)
      const { status, isApplied } = await tracker.instance(id)
      await tracker.call('DELETE', `supplier-task-instances/${id}`)
      const missing = await tracker.assign(String(suppliers[0]), projectId)
      return {
        again: [again.status, again.body.created, again.body.skipped],
        kept: [status, isApplied],
        missing: [missing.status, missing.body.created, missing.body.skipped],
        isSame: again.body.id === missing.body.id,
      }
    },
    expected: { again: [200, 0, 1], kept: ['completed', false], missing: [200, 1, 0], isSame: true },
  },
  {
    rule: 'assignment',
    says: 'again leaves its own status alone',
    play: async (tracker) => {
      const { suppliers, assignments, projectId } = await givenInstances(tracker, '2026-03-10', 1)
      await tracker.changeAssignment(String(assignments[0]), { status: 'on hold' })
      return (await tracker.assign(String(suppliers[0]), projectId)).body.status
    },
    expected: 'on hold',
  },
  {
    rule: 'assignment',
    says: 'names the supplier or project that does not exist, and creates nothing',
    play: async (tracker) => {
      const { projectId } = await givenWork(tracker, { dueDates, suppliers: 0 })
      const refused = [
        await tracker.assign('none', projectId),
        await tracker.assign(await tracker.supplier(), 'none'),
      ].map(({ status, refused }) => [status, ...(refused?.paths ?? [])])
      return [...refused, await countOf(tracker)]
    },
    expected: [[422, '/supplierId'], [422, '/projectId'], 0],
  },
  {
    rule: 'assignment',
    says: 'with completed work is not taken back unless that is forced',
    play: async (tracker) => {
      const { instances, assignments } = await givenInstances(tracker, '2026-03-10', 1)
      const id = String(assignments[0])
      await tracker.changeInstance(String(instances[0]), { status: 'completed', isApplied: false })
      const refused = await tracker.unassign(id)
      const notForced = await tracker.unassign(id, '?force=false')
      const kept = await countOf(tracker)
      const forced = await tracker.unassign(id, '?force=true')
      return {
        refused: [refused.status, refused.refused?.code, refused.body.completed],
        notForced: notForced.status,
        kept,
        forced: forced.status,
        left: await countOf(tracker),
      }
    },
    expected: { refused: [409, 'has-completed-work', 1], notForced: 409, kept: 1, forced: 204, left: 0 },
  },
  {
    rule: 'assignment',
    says: 'without completed work is taken back with its instances, and can be made anew',
    play: async (tracker) => {
      const { instances, assignments, suppliers, projectId } = await givenInstances(tracker, '2026-03-10', 2)
      await tracker.changeInstance(String(instances[0]), { status: 'in_progress' })
      await tracker.changeInstance(String(instances[1]), { status: 'completed' })
      const { status } = await tracker.unassign(String(assignments[0]))
      const left = await countOf(tracker)
      const anew = await tracker.assign(String(suppliers[0]), projectId)
      return [status, left, anew.status, anew.body.created, anew.body.skipped]
    },
    expected: [204, 1, 201, 1, 0],
  },
  {
    rule: 'assignment',
    says: 'that becomes active again gets what it missed',
    play: async (tracker) => {
      const work = await givenWork(tracker, { dueDates, suppliers: 1 })
      const id = String(work.assignments[0])
      await tracker.changeAssignment(id, { status: 'on hold' })
      await anotherTemplate(tracker, work)
      const onHold = await countOf(tracker, { assignmentId: id })
      await tracker.changeAssignment(id, { status: 'active' })
      return [onHold, await countOf(tracker, { assignmentId: id })]
    },
    expected: [2, 3],
  },
]
