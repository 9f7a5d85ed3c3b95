import t from 'tap'
import { DUE, build } from './build.js'

/** One project with two tasks of different sections and types, the first one used in another project too. */
async function buildProjects(t: import('tap').Test) {
  const built = await build(t)
  const { given, api } = built
  const { id: sectionId, taskTypeId } = await given.section()
  const task = await given.task({ taskTypeId, sectionId })
  const first = await given.template({ taskId: task.id })
  const { projectId } = first
  const second = await given.template({ projectId, dueDate: '2026-06-01' })
  const elsewhere = await given.template({ taskId: task.id, dueDate: '2026-08-01' })
  const shift = (payload: object) => api.post(`projects/${String(projectId)}/shift-dates`, payload)
  const dueDates = async () =>
    Promise.all(
      [first, second, elsewhere].map(async ({ id }) =>
        String((await api.get(`project-task-templates/${id}`)).body.dueDate).slice(0, 10),
      ),
    )
  return { ...built, first, second, elsewhere, sectionId, taskTypeId, shift, dueDates }
}

t.test('shifting dates', async (t) => {
  t.test('moves every template of the project by the same days, and its instances', async (t) => {
    const { api, given, first, shift, dueDates } = await buildProjects(t)
    const moved = await given.instance(first)
    await given.instance(first, { actualDueDate: DUE })
    const { status, body } = await shift({ days: 10 })
    t.equal(status, 200)
    t.match(body, {
      dryRun: false,
      templates: [
        {
          id: first.id,
          from: DUE,
          to: '2026-03-12T00:00:00.000Z',
          propagation: { updated: 1, keptOverride: 1 },
        },
        { from: '2026-06-01T00:00:00.000Z', to: '2026-06-11T00:00:00.000Z' },
      ],
    })
    t.same(await dueDates(), ['2026-03-12', '2026-06-11', '2026-08-01'])
    t.match((await api.get(`supplier-task-instances/${moved.id}`)).body, {
      dueDate: '2026-03-12T00:00:00.000Z',
    })
  })

  t.test('can be of one task type or one section', async (t) => {
    const { sectionId, taskTypeId, shift, dueDates } = await buildProjects(t)
    await shift({ days: 1, taskTypeId })
    t.same(await dueDates(), ['2026-03-03', '2026-06-01', '2026-08-01'])
    await shift({ days: 1, sectionId })
    t.same(await dueDates(), ['2026-03-04', '2026-06-01', '2026-08-01'])
  })

  t.test('can be of every project that uses the task type', async (t) => {
    const { taskTypeId, shift, dueDates } = await buildProjects(t)
    await shift({ days: -1, taskTypeId, scope: 'all-projects-using-type' })
    t.same(await dueDates(), ['2026-03-01', '2026-06-01', '2026-07-31'])
  })

  t.test('moves nothing in a dry run, and says what would move', async (t) => {
    const { given, first, shift, dueDates } = await buildProjects(t)
    await given.instance(first)
    const { body } = await shift({ days: 10, dryRun: true })
    t.match(body, { dryRun: true, templates: [{ id: first.id, propagation: { updated: 1 } }, {}] })
    t.same(await dueDates(), ['2026-03-02', '2026-06-01', '2026-08-01'])
  })

  t.test('of all projects needs a task type or a section', async (t) => {
    const { shift } = await buildProjects(t)
    t.match(await shift({ days: 1, scope: 'all-projects-using-type' }), {
      status: 422,
      body: { errors: [{ path: '/taskTypeId' }] },
    })
  })

  t.test('is refused for a section that is not of the task type', async (t) => {
    const { sectionId, shift, given } = await buildProjects(t)
    t.match(await shift({ days: 1, sectionId, taskTypeId: (await given.taskType()).id }), {
      status: 422,
      body: { errors: [{ path: '/sectionId' }] },
    })
  })

  t.test('moves nothing when one template would leave the years of a due date', async (t) => {
    const { shift, dueDates } = await buildProjects(t)
    t.match(await shift({ days: 36_500 }), { status: 422, body: { errors: [{ path: '/days' }] } })
    t.same(await dueDates(), ['2026-03-02', '2026-06-01', '2026-08-01'])
  })

  t.test('of a project that does not exist is not found', async (t) => {
    const { api } = await build(t)
    t.equal((await api.post('projects/none/shift-dates', { days: 1 })).status, 404)
  })
})
