import { day, givenWork, type Scenario } from './scenario.js'
import type { Tracker } from './tracker.js'

type Json = Record<string, unknown>

/** A task type with a section that has one task with a sub-task, and a project that has none of it yet. */
async function givenTree(tracker: Tracker) {
  const projectId = await tracker.project()
  const taskTypeId = await tracker.taskType()
  const sectionId = await tracker.section(taskTypeId)
  const taskId = await tracker.task({ taskTypeId, sectionId })
  const subTaskId = await tracker.task({ taskTypeId, sectionId, parentTaskId: taskId })
  const attach = (payload: Json) =>
    tracker.call<Json>('POST', `projects/${projectId}/task-types`, { taskTypeId, ...payload })
  return { projectId, taskTypeId, sectionId, taskId, subTaskId, attach }
}

const dueDatesOf = async (tracker: Tracker, projectId: string) => {
  const { body } = await tracker.call<{ items: { dueDate: string }[] }>(
    'GET',
    `project-task-templates?projectId=${projectId}`,
  )
  return body.items.map(({ dueDate }) => day(dueDate))
}

export const v2Scenarios: Scenario[] = [
  {
    rule: 'sub-tasks',
    says: "are in their parent's section, in the tree and on the dashboard",
    play: async (tracker) => {
      const { projectId, taskTypeId, taskId, subTaskId, attach } = await givenTree(tracker)
      await tracker.assign(await tracker.supplier(), projectId)
      await attach({ dueDates: [taskId, subTaskId].map((id) => ({ taskId: id, dueDate: '2026-02-01' })) })
      const tree = await tracker.call<{ sections: { tasks: { subTasks: { id: string }[] }[] }[] }>(
        'GET',
        `task-types/${taskTypeId}/tree`,
      )
      const { bySection } = await tracker.dashboard()
      return [
        tree.body.sections[0]?.tasks[0]?.subTasks.map(({ id }) => id === subTaskId),
        bySection.map(({ instances, overdue }) => [instances, overdue]),
      ]
    },
    expected: [[true], [[2, 2]]],
  },
  {
    rule: 'sub-tasks',
    says: 'go with their parent to another section',
    play: async (tracker) => {
      const { taskTypeId, taskId, subTaskId } = await givenTree(tracker)
      const sectionId = await tracker.section(taskTypeId)
      await tracker.call('PATCH', `tasks/${taskId}`, { sectionId })
      const { body } = await tracker.call<Json>('GET', `tasks/${subTaskId}`)
      return body.sectionId === sectionId
    },
    expected: true,
  },
  {
    rule: 'sub-tasks',
    says: 'have one level, in one task type, and no cycle',
    play: async (tracker) => {
      const { taskId, subTaskId } = await givenTree(tracker)
      const other = await givenTree(tracker)
      const refused = []
      for (const [id, parentTaskId] of [
        [taskId, taskId],
        [taskId, subTaskId],
        [other.taskId, taskId],
        [subTaskId, other.taskId],
        [taskId, 'none'],
      ]) {
        const answer = await tracker.call('PATCH', `tasks/${String(id)}`, { parentTaskId })
        refused.push([answer.status, ...(answer.refused?.paths ?? [])])
      }
      return refused
    },
    expected: Array.from({ length: 5 }, () => [422, '/parentTaskId']),
  },
  {
    rule: 'materialise',
    says: 'gives every task and sub-task a template, and the suppliers their instances, once',
    play: async (tracker) => {
      const { projectId, taskId, subTaskId, attach } = await givenTree(tracker)
      await tracker.assign(await tracker.supplier(), projectId)
      const payload = {
        dueDates: [{ taskId, dueDate: '2026-03-10' }],
        anchorDate: '2026-02-27',
        offsets: [{ taskId: subTaskId, offsetDays: 2 }],
      }
      const counts = []
      for (let times = 0; times < 2; times++) {
        const { status, body } = await attach(payload)
        counts.push([status, body.created, body.skipped, body.instancesCreated])
      }
      return { counts, dueDates: await dueDatesOf(tracker, projectId) }
    },
    expected: {
      counts: [
        [201, 2, 0, 2],
        [200, 0, 2, 0],
      ],
      dueDates: ['2026-03-10', '2026-03-01'],
    },
  },
  {
    rule: 'materialise',
    says: 'is refused as a whole while a task has no due date',
    play: async (tracker) => {
      const { projectId, taskId, attach } = await givenTree(tracker)
      const { status, refused } = await attach({ dueDates: [{ taskId, dueDate: '2026-03-10' }] })
      return [status, refused?.paths, await dueDatesOf(tracker, projectId)]
    },
    expected: [422, ['/dueDates'], []],
  },
  {
    rule: 'materialise',
    says: 'from an anchor lets what hangs on it move with it, and nothing else',
    play: async (tracker) => {
      const { projectId, taskId, subTaskId, attach } = await givenTree(tracker)
      const fixed = await givenWork(tracker, { dueDates: ['2026-05-01'], suppliers: 0 })
      await attach({
        anchorDate: '2026-02-01',
        offsets: [
          { taskId, offsetDays: 27 },
          { taskId: subTaskId, offsetDays: -1, anchor: 'relative_to_task' },
        ],
      })
      const move = { anchor: 'project_start', from: '2026-02-01', to: '2026-02-02' }
      const path = `projects/${projectId}/move-anchor`
      await tracker.call('POST', path, { ...move, dryRun: true })
      const planned = await dueDatesOf(tracker, projectId)
      await tracker.call('POST', path, move)
      return [planned, await dueDatesOf(tracker, projectId), await dueDatesOf(tracker, fixed.projectId)]
    },
    expected: [['2026-02-28', '2026-02-27'], ['2026-03-01', '2026-02-28'], ['2026-05-01']],
  },
]
