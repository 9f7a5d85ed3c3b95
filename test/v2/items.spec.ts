import t from 'tap'
import { build, type Json } from './build.js'

type Given = Awaited<ReturnType<typeof build>>['given']

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

    t.test('is not changed in a field that does not change', async (t) => {
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
  })
