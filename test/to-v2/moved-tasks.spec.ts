import t from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { post, served } from '../admin/served.js'
import { sqlConsole } from './migrated.js'
import { v1File } from './v1-file.js'

t.test('a task that moves takes its sub-tasks along, whichever version moves it', async (t) => {
  const { path, given } = await v1File(t)
  const taskTypeId = given.taskType()
  const [here, there] = [given.milestone({ taskTypeId }), given.milestone({ taskTypeId })]
  const taskId = given.task({ milestoneId: here })
  const templateId = given.template({ milestoneId: here, taskId })
  given.instance({ projectMilestoneTaskId: templateId })
  const app = await served(t, path)
  t.equal((await post(app, 'migrate')).body.state, 'succeeded')
  t.equal((await post(app, 'cutover', { groups: allGroupsOn('v2') })).body.state, 'succeeded')

  const ask = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
    t.ok(answer.statusCode < 300, `${method} ${url} ${answer.body}`)
    return answer.json<Record<string, unknown>>()
  }
  const made = await ask('POST', '/v2/tasks', { taskTypeId, parentTaskId: taskId, name: 'Measure' })
  const subTaskId = String(made.id)
  const { projectId } = await ask('GET', `/v2/project-task-templates/${templateId}`)
  const added = { projectId, taskId: subTaskId, dueDate: '2026-05-01' }
  const subTemplate = String((await ask('POST', '/v2/project-task-templates', added)).id)

  const places = async () => ({
    v1: [
      (await ask('GET', `/v1/tasks/${taskId}`)).milestoneId,
      (await ask('GET', `/v1/tasks/${subTaskId}`)).milestoneId,
    ],
    v2: [
      (await ask('GET', `/v2/tasks/${taskId}`)).sectionId,
      (await ask('GET', `/v2/tasks/${subTaskId}`)).sectionId,
    ],
    parent: (await ask('GET', `/v2/tasks/${subTaskId}`)).parentTaskId,
  })
  t.same(await places(), { v1: [here, here], v2: [here, here], parent: taskId })

  await ask('PATCH', `/v2/tasks/${taskId}`, { sectionId: there })
  t.same(await places(), { v1: [there, there], v2: [there, there], parent: taskId }, 'by /v2')
  for (const id of [templateId, subTemplate])
    t.match(await ask('GET', `/v1/project-milestone-tasks/${id}`), { milestoneId: there })

  await ask('PATCH', `/v1/tasks/${taskId}`, { milestoneId: here })
  t.same(await places(), { v1: [here, here], v2: [here, here], parent: taskId }, 'by /v1')
  t.equal((await post(app, 'validate')).body.state, 'succeeded')
})

t.test('a milestone that gets another id keeps its sub-tasks under their tasks', async (t) => {
  const { path, given } = await v1File(t)
  const taskTypeId = given.taskType()
  const milestoneId = given.milestone({ taskTypeId })
  const parentTaskId = given.task({ milestoneId })
  const app = await served(t, path)
  t.equal((await post(app, 'migrate')).body.state, 'succeeded')
  t.equal((await post(app, 'cutover', { groups: allGroupsOn('v2') })).body.state, 'succeeded')
  for (const name of ['Measure', 'Weigh']) {
    const payload = { taskTypeId, parentTaskId, name }
    t.equal((await app.inject({ method: 'POST', url: '/v2/tasks', payload })).statusCode, 201)
  }
  const console = sqlConsole(path)
  t.teardown(() => console.close())
  console.pragma('foreign_keys = ON')
  const subTasks = () =>
    console
      .prepare(
        'SELECT parentTaskId, sectionId, name FROM v2_tasks WHERE parentTaskId IS NOT NULL ORDER BY name',
      )
      .all()

  console.prepare(`UPDATE milestones SET id = 'other' WHERE id = ?`).run(milestoneId)
  t.same(subTasks(), [
    { parentTaskId, sectionId: 'other', name: 'Measure' },
    { parentTaskId, sectionId: 'other', name: 'Weigh' },
  ])
  t.equal((await post(app, 'validate')).body.state, 'succeeded')
})
