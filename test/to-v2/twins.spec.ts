import t from 'tap'
import { runHere, sqlConsole } from './migrated.js'
import { differences } from './two-way/equal.js'
import { v1File } from './v1-file.js'

type File = Awaited<ReturnType<typeof v1File>>

const tasksIn = ({ handle }: File, section: string) =>
  handle.prepare('SELECT id, name, taskTypeId FROM v2_tasks WHERE sectionId = ? ORDER BY id').all(section)

t.test('a template filed under a milestone that is not its task’s', async (t) => {
  t.test('points to a twin of the task in that milestone’s section', async (t) => {
    const file = await v1File(t)
    const taskTypeId = file.given.taskType()
    const [home, other] = [file.given.milestone({ taskTypeId }), file.given.milestone({ taskTypeId })]
    const task = file.given.task({ milestoneId: home, name: 'Drawing', description: 'Signed', sequence: 4 })
    const template = file.given.template({ taskId: task, milestoneId: other })
    const { state, report } = await runHere(file.path, 'migrate')
    t.equal(state, 'succeeded')
    t.match(file.row('v2_project_task_templates', template), { taskId: `${task}~${other}`, sectionId: other })
    t.match(file.row('v2_tasks', `${task}~${other}`), {
      sectionId: other,
      taskTypeId,
      name: 'Drawing',
      description: 'Signed',
      sequence: 4,
      parentTaskId: null,
    })
    t.match(file.row('v2_tasks', task), { sectionId: home, name: 'Drawing' })
    t.match(
      report?.issues.find(({ code }) => code === 'misfiled-template'),
      { severity: 'resolved', count: 1, samples: [template] },
    )
  })

  t.test('brings its twin into the milestone’s task type where that is another one', async (t) => {
    const file = await v1File(t)
    const [ownType, otherType] = [file.given.taskType(), file.given.taskType()]
    const task = file.given.task({ milestoneId: file.given.milestone({ taskTypeId: ownType }) })
    const other = file.given.milestone({ taskTypeId: otherType })
    const projectId = file.given.project()
    file.given.template({ projectId, taskId: task, milestoneId: other })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    t.match(file.row('v2_tasks', `${task}~${other}`), { taskTypeId: otherType })
    t.strictSame(file.handle.prepare('SELECT projectId, taskTypeId FROM v2_project_task_types').all(), [
      { projectId, taskTypeId: otherType },
    ])
  })

  t.test('shares its twin with the templates of other projects', async (t) => {
    const file = await v1File(t)
    const task = file.given.task()
    const other = file.given.milestone()
    const templates = [1, 2, 3].map(() => file.given.template({ taskId: task, milestoneId: other }))
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    for (const template of templates)
      t.match(file.row('v2_project_task_templates', template), { taskId: `${task}~${other}` })
    t.equal(tasksIn(file, other).length, 1)
  })
})

t.test('one task twice in a project', async (t) => {
  t.test('keeps both templates and all of their instances', async (t) => {
    const file = await v1File(t)
    const task = file.given.task()
    const projectId = file.given.project()
    const [supplierProjectInstanceId, other] = [file.given.assignment({ projectId }), file.given.milestone()]
    const own = file.given.template({ projectId, taskId: task })
    const astray = file.given.template({ projectId, taskId: task, milestoneId: other })
    const instances = [own, astray].map((projectMilestoneTaskId) =>
      file.given.instance({ projectMilestoneTaskId, supplierProjectInstanceId }),
    )
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    t.match(file.row('v2_project_task_templates', own), { taskId: task })
    t.match(file.row('v2_project_task_templates', astray), { taskId: `${task}~${other}` })
    t.match(file.row('v2_supplier_task_instances', instances[0] ?? ''), { projectTaskTemplateId: own })
    t.match(file.row('v2_supplier_task_instances', instances[1] ?? ''), { projectTaskTemplateId: astray })
  })

  t.test('under two milestones that are both not its own has two twins', async (t) => {
    const file = await v1File(t)
    const task = file.given.task()
    const projectId = file.given.project()
    const others = [file.given.milestone(), file.given.milestone()]
    for (const milestoneId of others) file.given.template({ projectId, taskId: task, milestoneId })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    for (const other of others) t.match(tasksIn(file, other), [{ id: `${task}~${other}` }])
  })
})

t.test('a twin whose name is taken in its section', async (t) => {
  t.test('gets the code of its own milestone', async (t) => {
    const file = await v1File(t)
    const home = file.given.milestone({ code: 'PA3' })
    const other = file.given.milestone()
    const resident = file.given.task({ milestoneId: other, name: 'Report' })
    const task = file.given.task({ milestoneId: home, name: 'Report' })
    file.given.template({ taskId: task, milestoneId: other })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    t.match(file.row('v2_tasks', resident), { name: 'Report' })
    t.match(file.row('v2_tasks', `${task}~${other}`), { name: 'Report (PA3)' })
  })

  t.test('by another twin makes both show the codes of their milestones', async (t) => {
    const file = await v1File(t)
    const other = file.given.milestone()
    const tasks = ['PA2', 'PA3'].map((code) =>
      file.given.task({ milestoneId: file.given.milestone({ code }), name: 'Report' }),
    )
    for (const taskId of tasks) file.given.template({ taskId, milestoneId: other })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    const names = tasks.map((task) => file.row('v2_tasks', `${task}~${other}`)?.name)
    t.strictSame(names, ['Report (PA2)', 'Report (PA3)'])
  })

  t.test('by another twin from a milestone of the same code gets its id too', async (t) => {
    const file = await v1File(t)
    const other = file.given.milestone()
    const tasks = [1, 2].map(() =>
      file.given.task({ milestoneId: file.given.milestone({ code: 'PA2' }), name: 'Report' }),
    )
    for (const taskId of tasks) file.given.template({ taskId, milestoneId: other })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    const names = tasks.map((task) => file.row('v2_tasks', `${task}~${other}`)?.name)
    t.strictSame(
      names,
      tasks.map((task) => `Report (PA2, ${task})`),
    )
  })

  t.test('with its code too, by a task of the section, gets its id as well', async (t) => {
    const file = await v1File(t)
    const other = file.given.milestone()
    file.given.task({ milestoneId: other, name: 'Report' })
    file.given.task({ milestoneId: other, name: 'Report (PA2)' })
    const task = file.given.task({ milestoneId: file.given.milestone({ code: 'PA2' }), name: 'Report' })
    file.given.template({ taskId: task, milestoneId: other })
    t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
    t.match(file.row('v2_tasks', `${task}~${other}`), { name: `Report (PA2, ${task})` })
  })
})

t.test('tasks of one name in two milestones keep it', async (t) => {
  const file = await v1File(t)
  const taskTypeId = file.given.taskType()
  const tasks = [1, 2].map(() =>
    file.given.task({ milestoneId: file.given.milestone({ taskTypeId }), name: 'Dimensional Report' }),
  )
  t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
  for (const task of tasks) t.match(file.row('v2_tasks', task), { name: 'Dimensional Report' })
})

t.test('a task that v2 gives the id which a twin would have', async (t) => {
  for (const hasHome of [true, false])
    t.test(`${hasHome ? 'of a task of v1' : 'of no task'} keeps its templates in v1`, async (t) => {
      const file = await v1File(t)
      const milestoneId = file.given.milestone()
      const task = file.given.task({ milestoneId })
      const template = file.given.template({ taskId: task, milestoneId })
      const home = hasHome ? file.given.task() : 'none'
      t.equal((await runHere(file.path, 'migrate')).state, 'succeeded')
      const console = sqlConsole(file.path)
      console.pragma('foreign_keys = ON')
      console.prepare('UPDATE v2_tasks SET id = ? WHERE id = ?').run(`${home}~${milestoneId}`, task)
      console.close()
      t.match(file.row('project_milestone_tasks', template), { taskId: `${home}~${milestoneId}` })
      t.strictSame(await differences(file.handle), [])
    })
})
