import t from 'tap'
import { DUE, build, type Json } from './build.js'

type Given = Awaited<ReturnType<typeof build>>['given']

/** A create body by collection; each of `wrong` is refused at its path. */
const creates: Record<string, { body: object; wrong: Record<string, unknown>; parents: string[] }> = {
  projects: { body: { name: 'X1' }, wrong: { name: ' ', description: 1 }, parents: [] },
  'task-types': { body: { name: 'PA', category: 'Parts' }, wrong: { category: '' }, parents: [] },
  'task-type-sections': {
    body: { taskTypeId: 'none', name: 'PA2' },
    wrong: { name: 2, sequence: 1.5, isRequired: 'yes' },
    parents: ['taskTypeId'],
  },
  tasks: {
    body: { taskTypeId: 'none', name: 'Gage' },
    wrong: { name: '', sequence: '1', parentTaskId: 1, isRequired: 1 },
    parents: ['taskTypeId'],
  },
  'project-task-templates': {
    body: { projectId: 'none', taskId: 'none', dueDate: DUE },
    wrong: { dueDate: '2026-02-30', anchor: 'someday', offsetDays: 0.5, isActive: 'true' },
    parents: ['projectId'],
  },
  'supplier-project-instances': {
    body: { supplierId: 'none', projectId: 'none' },
    wrong: { supplierId: 1, projectId: null },
    parents: ['supplierId'],
  },
  'supplier-task-instances': {
    body: { supplierProjectInstanceId: 'none', projectTaskTemplateId: 'none' },
    wrong: {
      status: 'done',
      dueDate: 'soon',
      isApplied: 1,
      submissionFiles: 'a.pdf',
      actualDueDate: '1899-01-01',
    },
    parents: ['supplierProjectInstanceId'],
  },
}

t.test('creating', async (t) => {
  const { api, ids } = await build(t)
  for (const [path, { body, wrong, parents }] of Object.entries(creates)) {
    t.test(`in ${path} refuses an unknown field`, async (t) => {
      t.match(await api.post(path, { ...body, nmae: 1 }), {
        status: 422,
        body: { errors: [{ path: '/nmae' }] },
      })
    })
    for (const [field, value] of Object.entries(wrong))
      t.test(`in ${path} refuses ${field} ${JSON.stringify(value)}`, async (t) => {
        const refused = await api.post(path, { ...body, [field]: value })
        t.match(refused, { status: 422, body: { code: 'invalid-input', errors: [{ path: `/${field}` }] } })
      })
    for (const field of parents)
      t.test(`in ${path} refuses a ${field} that does not exist`, async (t) => {
        const refused = await api.post(path, body)
        t.match(refused, { status: 422, body: { errors: [{ path: `/${field}` }] } })
      })
    t.test(`in ${path} wrote nothing`, async (t) => {
      t.same(await ids(path), [])
    })
  }

  t.test('refuses the second parent that does not exist, too', async (t) => {
    const { api, given } = await build(t)
    const assignment = await given.assignment()
    for (const [path, body, field] of [
      ['tasks', { taskTypeId: (await given.taskType()).id, name: 'a', sectionId: 'none' }, 'sectionId'],
      ['tasks', { taskTypeId: (await given.taskType()).id, name: 'a', parentTaskId: 'none' }, 'parentTaskId'],
      ['project-task-templates', { projectId: assignment.projectId, taskId: 'none', dueDate: DUE }, 'taskId'],
      [
        'supplier-task-instances',
        { supplierProjectInstanceId: assignment.id, projectTaskTemplateId: 'none' },
        'projectTaskTemplateId',
      ],
    ] as const)
      t.match(await api.post(path, body), { status: 422, body: { errors: [{ path: `/${field}` }] } }, field)
  })
})

const items: Record<string, { make: (given: Given) => Promise<Json>; change: object; fixed: object }> = {
  projects: { make: (given) => given.project(), change: { name: 'new' }, fixed: { id: 'x' } },
  'task-types': { make: (given) => given.taskType(), change: { name: 'new' }, fixed: { id: 'x' } },
  'task-type-sections': {
    make: (given) => given.section(),
    change: { name: 'new' },
    fixed: { taskTypeId: 'x' },
  },
  tasks: { make: (given) => given.task(), change: { name: 'new' }, fixed: { taskTypeId: 'x' } },
  'project-task-templates': {
    make: (given) => given.template(),
    change: { dueDate: '2026-07-01' },
    fixed: { taskId: 'x' },
  },
  'supplier-project-instances': {
    make: (given) => given.assignment(),
    change: { status: 'paused' },
    fixed: { supplierId: 'x' },
  },
  'supplier-task-instances': {
    make: async (given) => given.instance(await given.template()),
    change: { notes: 'new' },
    fixed: { projectTaskTemplateId: 'x' },
  },
}

for (const [path, { make, change, fixed }] of Object.entries(items))
  t.test(`an item of ${path}`, async (t) => {
    const { api, given } = await build(t)
    const url = `${path}/${(await make(given)).id}`
    const before = await api.get(url)
    const stale = { 'if-match': '"another"' }

    t.test('is neither changed nor deleted against a stale ETag', async (t) => {
      t.match(await api.patch(url, change, stale), { status: 412, body: { code: 'stale-etag' } })
      t.match(await api.delete(url, undefined, stale), { status: 412, body: { code: 'stale-etag' } })
      t.same((await api.get(url)).body, before.body)
    })

    t.test('is not changed by nothing, nor in a field that does not change', async (t) => {
      t.equal((await api.patch(url, {})).status, 422)
      const path = `/${Object.keys(fixed)[0] ?? ''}`
      t.match(await api.patch(url, fixed), { status: 422, body: { errors: [{ path }] } })
      t.same((await api.get(url)).body, before.body)
    })

    t.test('is changed and then deleted with the ETag that was read', async (t) => {
      const changed = await api.patch(url, change, { 'if-match': before.etag })
      t.equal(changed.status, 200)
      t.equal((await api.delete(url, undefined, { 'if-match': changed.etag })).status, 204)
    })

    t.test('that does not exist is not found', async (t) => {
      for (const { status, body } of [
        await api.get(`${path}/none`),
        await api.patch(`${path}/none`, change),
        await api.delete(`${path}/none`),
      ])
        t.match({ status, body }, { status: 404, body: { code: 'not-found' } })
    })

    t.test('is not listed by a filter that is not known', async (t) => {
      t.match(await api.get(`${path}?colour=red`), { status: 400, body: { errors: [{ path: '?colour' }] } })
    })
  })

t.test('the acts on many rows', async (t) => {
  const { api, given } = await build(t)
  const { id } = await given.project()
  for (const [path, body, at] of [
    [`projects/${id}/task-types`, {}, '/taskTypeId'],
    [
      `projects/${id}/task-types`,
      { taskTypeId: 'a', dueDates: [{ taskId: 'a', dueDate: 'soon' }] },
      '/dueDates/0/dueDate',
    ],
    [`projects/${id}/task-types`, { taskTypeId: 'a', offset: [] }, '/offset'],
    [`projects/${id}/shift-dates`, {}, '/days'],
    [`projects/${id}/shift-dates`, { days: 0.5 }, '/days'],
    [`projects/${id}/shift-dates`, { days: 1, scope: 'everything' }, '/scope'],
    [`projects/${id}/shift-dates`, { days: 1, taskTypeId: 'none' }, '/taskTypeId'],
    [`projects/${id}/shift-dates`, { days: 1, sectionId: 'none' }, '/sectionId'],
    ['supplier-task-instances/bulk-update', { ids: ['a'] }, '/changes'],
    ['supplier-task-instances/bulk-update', { ids: ['a'], changes: { id: 'b' } }, '/changes/id'],
  ] as const)
    t.test(`refuse ${JSON.stringify(body)} for ${path.replace(id, ':id')} at ${at}`, async (t) =>
      t.match(await api.post(path, body), { status: 422, body: { errors: [{ path: at }] } }),
    )
})
