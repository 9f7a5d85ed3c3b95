import t from 'tap'
import { build, type Json } from './build.js'

const refusedAt = (path: string) => ({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
const dayOf = (instant: unknown) => String(instant).slice(0, 10)

/**
 * A project with five tasks: two counted from its start, one from a milestone, one fixed, and a sub-task
 * of the first that hangs on it.
 */
async function buildAnchored(t: import('tap').Test) {
  const built = await build(t)
  const { api, given } = built
  const { id: projectId } = await given.project()
  const section = await given.section()
  const { taskTypeId } = section
  const task = (fields: object = {}) => given.task({ taskTypeId, ...fields })
  const first = await task()
  const template = (taskId: string, fields: object) => given.template({ projectId, taskId, ...fields })
  const parent = await template(first.id, {
    dueDate: '2026-03-31',
    anchor: 'project_start',
    offsetDays: 30,
  })
  const templates = {
    parent,
    sectioned: await template((await task({ sectionId: section.id })).id, {
      dueDate: '2026-03-11T12:00:00Z',
      anchor: 'project_start',
      offsetDays: 10,
    }),
    milestone: await template((await task()).id, {
      dueDate: '2026-03-01',
      anchor: 'milestone_date',
      offsetDays: -5,
    }),
    fixed: await template((await task()).id, { dueDate: '2026-05-01' }),
    sub: await template((await task({ parentTaskId: first.id })).id, {
      dueDate: '2026-03-28',
      anchor: 'relative_to_task',
    }),
  }
  const read = async (name: keyof typeof templates) =>
    (await api.get(`project-task-templates/${templates[name].id}`)).body
  const patch = (name: keyof typeof templates, payload: object) =>
    api.patch(`project-task-templates/${templates[name].id}`, payload)
  const move = (payload: object) => api.post(`projects/${projectId}/move-anchor`, payload)
  const days = async () =>
    Object.fromEntries(
      await Promise.all(
        (Object.keys(templates) as (keyof typeof templates)[]).map(
          async (name) => [name, dayOf((await read(name)).dueDate).slice(5)] as const,
        ),
      ),
    )
  return { ...built, projectId, taskTypeId, section, templates, read, patch, move, days }
}

const asPlanned = { parent: '03-31', sectioned: '03-11', milestone: '03-01', fixed: '05-01', sub: '03-28' }

t.test('a template that is counted from an anchor', async (t) => {
  t.test("says the anchor's date, which follows from the due date and the offset", async (t) => {
    const { templates } = await buildAnchored(t)
    const anchorDates = Object.values(templates).map(({ anchorDate }) => anchorDate)
    t.same(
      anchorDates.map((date) => (date === null ? null : dayOf(date))),
      ['2026-03-01', '2026-03-01', '2026-03-06', null, '2026-03-31'],
    )
    t.match(templates.sub, { offsetDays: -3 })
  })

  t.test('gets another offset with another due date: the anchor stays', async (t) => {
    const { patch } = await buildAnchored(t)
    const { body } = await patch('sectioned', { dueDate: '2026-03-13T23:59:00Z' })
    t.match(body.template, { offsetDays: 12, anchorDate: '2026-03-01T00:00:00.000Z' })
  })

  t.test('gets another due date with another offset', async (t) => {
    const { given, patch, templates } = await buildAnchored(t)
    await given.instance(templates.sectioned)
    const { body } = await patch('sectioned', { offsetDays: 20 })
    t.match(body, {
      template: { dueDate: '2026-03-21T12:00:00.000Z', offsetDays: 20 },
      propagation: { updated: 1 },
    })
  })

  t.test('takes both as they are given', async (t) => {
    const { patch } = await buildAnchored(t)
    const { body } = await patch('sectioned', { dueDate: '2026-04-10', offsetDays: 9 })
    t.match(body.template, {
      dueDate: '2026-04-10T00:00:00.000Z',
      offsetDays: 9,
      anchorDate: '2026-04-01T00:00:00.000Z',
    })
  })

  t.test('keeps its due date when it is counted from another anchor, or from none', async (t) => {
    const { patch } = await buildAnchored(t)
    t.match((await patch('fixed', { anchor: 'project_start' })).body.template, {
      dueDate: '2026-05-01T00:00:00.000Z',
      offsetDays: 0,
    })
    t.match((await patch('fixed', { anchor: 'milestone_date', offsetDays: 61 })).body.template, {
      dueDate: '2026-05-01T00:00:00.000Z',
      anchorDate: '2026-03-01T00:00:00.000Z',
    })
    t.match((await patch('fixed', { anchor: null })).body.template, {
      dueDate: '2026-05-01T00:00:00.000Z',
      anchor: null,
      offsetDays: null,
    })
  })

  t.test('is refused where the parts do not fit', async (t) => {
    const { patch, days } = await buildAnchored(t)
    t.match(await patch('fixed', { offsetDays: 1 }), refusedAt('/offsetDays'))
    t.match(await patch('sectioned', { offsetDays: null }), refusedAt('/offsetDays'))
    t.match(await patch('sectioned', { anchor: null, offsetDays: 1 }), refusedAt('/offsetDays'))
    t.match(await patch('fixed', { anchor: 'relative_to_task' }), refusedAt('/anchor'))
    t.match(await patch('sub', { dueDate: '2026-04-02', offsetDays: 1 }), refusedAt('/offsetDays'))
    t.match(await patch('sectioned', { offsetDays: 36_500 }), refusedAt('/offsetDays'))
    t.same(await days(), asPlanned)
  })
})

t.test('a template that hangs on the parent task', async (t) => {
  t.test('moves with it, by as much', async (t) => {
    const { given, templates, patch, days, read } = await buildAnchored(t)
    await given.instance(templates.sub)
    await given.instance(templates.sub, { status: 'completed' })
    const { body } = await patch('parent', { dueDate: '2026-04-02' })
    t.match(body, {
      propagation: { updated: 3, keptOverride: 0, keptCompleted: 1 },
      templates: [
        { id: templates.parent.id, stays: null, propagation: { updated: 2 } },
        {
          id: templates.sub.id,
          from: '2026-03-28T00:00:00.000Z',
          to: '2026-03-30T00:00:00.000Z',
          propagation: { updated: 1, keptCompleted: 1 },
        },
      ],
    })
    t.same(await days(), { ...asPlanned, parent: '04-02', sub: '03-30' })
    t.match(await read('sub'), { offsetDays: -3 })
    t.match(await read('parent'), { offsetDays: 32 })
  })

  t.test('moves alone when it is changed itself', async (t) => {
    const { patch, days, read } = await buildAnchored(t)
    await patch('sub', { offsetDays: 1 })
    t.same(await days(), { ...asPlanned, sub: '04-01' })
    await patch('sub', { dueDate: '2026-03-30' })
    t.match(await read('sub'), { offsetDays: -1 })
  })

  t.test('moves once in a shift, and keeps its offset', async (t) => {
    const { api, projectId, days, read } = await buildAnchored(t)
    await api.post(`projects/${projectId}/shift-dates`, { days: 2 })
    t.same(await days(), {
      parent: '04-02',
      sectioned: '03-13',
      milestone: '03-03',
      fixed: '05-03',
      sub: '03-30',
    })
    t.match(await read('sub'), { offsetDays: -3 })
    t.match(await read('parent'), { offsetDays: 32, anchorDate: '2026-03-01T00:00:00.000Z' })
  })

  t.test('has a fixed date once it has no such parent any more', async (t) => {
    const { api, templates, read } = await buildAnchored(t)
    await api.patch(`tasks/${String(templates.sub.taskId)}`, { parentTaskId: null })
    t.match(await read('sub'), { anchor: null, offsetDays: null, dueDate: '2026-03-28T00:00:00.000Z' })
  })

  t.test('has a fixed date once its parent is no longer in the project', async (t) => {
    const { api, templates, read } = await buildAnchored(t)
    await api.delete(`project-task-templates/${templates.parent.id}`)
    t.match(await read('sub'), { anchor: null, offsetDays: null, dueDate: '2026-03-28T00:00:00.000Z' })
  })
})

t.test('moving an anchor', async (t) => {
  const stayed = (body: Json, templates: Record<string, Json>) =>
    Object.fromEntries(
      Object.entries(templates).map(([name, { id }]) => [
        name,
        (body.templates as { id: string; stays: string | null }[]).find((one) => one.id === id)?.stays,
      ]),
    )

  t.test('moves what hangs on it by as many days, and what hangs on that', async (t) => {
    const { move, days, read, templates } = await buildAnchored(t)
    const { status, body } = await move({ anchor: 'project_start', to: '2026-03-05' })
    t.equal(status, 200)
    t.same(stayed(body, templates), {
      parent: null,
      sectioned: null,
      milestone: 'other-anchor',
      fixed: 'fixed-date',
      sub: null,
    })
    t.same(await days(), { ...asPlanned, parent: '04-04', sectioned: '03-15', sub: '04-01' })
    t.match(await read('sectioned'), { dueDate: '2026-03-15T12:00:00.000Z', offsetDays: 10 })
  })

  t.test('is shown first by a dry run, and then moves nothing', async (t) => {
    const { given, move, days, templates } = await buildAnchored(t)
    await given.instance(templates.sectioned)
    await given.instance(templates.sectioned, { actualDueDate: '2026-03-20' })
    await given.instance(templates.sub, { status: 'completed' })
    const payload = { anchor: 'project_start', days: -1 }
    const planned = await move({ ...payload, dryRun: true })
    t.match(planned.body, {
      dryRun: true,
      propagation: { updated: 7, keptOverride: 1, keptCompleted: 1 },
      templates: [
        { propagation: { updated: 3 } },
        {
          from: '2026-03-11T12:00:00.000Z',
          to: '2026-03-10T12:00:00.000Z',
          propagation: { updated: 2, keptOverride: 1 },
        },
        { stays: 'other-anchor', propagation: { updated: 0, keptOverride: 0, keptCompleted: 0 } },
        { stays: 'fixed-date' },
        { propagation: { updated: 2, keptCompleted: 1 } },
      ],
    })
    t.same(await days(), asPlanned)
    const moved = await move(payload)
    t.same(moved.body, { ...planned.body, dryRun: false })
    t.same(await days(), { ...asPlanned, parent: '03-30', sectioned: '03-10', sub: '03-27' })
  })

  t.test('goes over the end of a month and a leap day', async (t) => {
    const { move, days } = await buildAnchored(t)
    await move({ anchor: 'milestone_date', from: '2026-03-06', to: '2028-03-05' })
    t.same(await days(), { ...asPlanned, milestone: '02-29' })
  })

  t.test('can be of one section or task type', async (t) => {
    const { given, move, days, section, taskTypeId } = await buildAnchored(t)
    await move({ anchor: 'project_start', days: 1, sectionId: section.id })
    t.same(await days(), { ...asPlanned, sectioned: '03-12' })
    await move({ anchor: 'project_start', days: 1, taskTypeId: (await given.taskType()).id })
    t.same(await days(), { ...asPlanned, sectioned: '03-12' })
    await move({ anchor: 'project_start', days: 1, taskTypeId })
    t.same(await days(), { ...asPlanned, sectioned: '03-13', parent: '04-01', sub: '03-29' })
  })

  t.test('needs to know which of several dates moves, and moves no other', async (t) => {
    const { move, patch, days, templates } = await buildAnchored(t)
    await patch('sectioned', { dueDate: '2026-03-11', offsetDays: 3 })
    const refused = await move({ anchor: 'project_start', to: '2026-03-09' })
    t.match(refused, refusedAt('/from'))
    t.match(refused.body.detail, '2026-03-01, 2026-03-08')
    const { body } = await move({ anchor: 'project_start', from: '2026-03-08T18:00:00Z', to: '2026-03-09' })
    t.match(stayed(body, templates), {
      parent: 'other-anchor-date',
      sectioned: null,
      sub: 'parent-stays',
    })
    t.same(await days(), { ...asPlanned, sectioned: '03-12' })
  })

  t.test('that nothing hangs on moves nothing', async (t) => {
    const { api, given } = await build(t)
    const { projectId } = await given.template()
    const { status, body } = await api.post(`projects/${String(projectId)}/move-anchor`, {
      anchor: 'project_start',
      to: '2026-01-01',
    })
    t.equal(status, 200)
    t.match(body, { templates: [{ stays: 'fixed-date' }], propagation: { updated: 0 } })
  })

  t.test('is refused where it does not say by how much, says it twice, or too much', async (t) => {
    const { move, days, given, section } = await buildAnchored(t)
    const anchor = 'project_start'
    t.match(await move({ anchor }), refusedAt('/to'))
    t.match(await move({ anchor, days: 1, to: '2026-03-09' }), refusedAt('/days'))
    t.match(await move({ anchor, days: 36_500 }), refusedAt('/days'))
    t.match(await move({ anchor, to: '2100-12-31' }), refusedAt('/to'))
    t.match(await move({ anchor: 'relative_to_task', days: 1 }), refusedAt('/anchor'))
    const taskTypeId = (await given.taskType()).id
    t.match(await move({ anchor, days: 1, sectionId: section.id, taskTypeId }), refusedAt('/sectionId'))
    t.same(await days(), asPlanned)
  })

  t.test('of a project that does not exist is not found', async (t) => {
    const { api } = await build(t)
    t.equal((await api.post('projects/none/move-anchor', { anchor: 'project_start', days: 1 })).status, 404)
  })
})
