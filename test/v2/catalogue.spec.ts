import { sql } from 'kysely'
import t from 'tap'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV1, serve } from '../helper.js'
import { NOW, build } from './build.js'

for (const [path, fields, changes] of [
  ['projects', { name: 'X1' }, { description: 'a van' }],
  ['task-types', { name: 'Part Approval', category: 'Quality' }, { category: 'Parts' }],
] as const)
  t.test(`${path}:`, async (t) => {
    t.test('an item is created, read, changed and deleted', async (t) => {
      const { api } = await build(t)
      const created = await api.post(path, fields)
      t.match(created, {
        status: 201,
        body: { ...fields, description: null, createdAt: '2026-03-01T00:00:00.000Z' },
      })
      const url = `${path}/${created.body.id}`
      t.equal(created.headers.location, `/v2/${url}`)
      t.match(await api.patch(url, changes), { status: 200, body: { ...fields, ...changes } })
      t.match(await api.get(url), { status: 200, body: changes })
      t.equal((await api.delete(url)).status, 204)
      t.equal((await api.get(url)).status, 404)
    })

    t.test('a name that is taken is refused', async (t) => {
      const { api } = await build(t)
      await api.post(path, fields)
      t.match(await api.post(path, fields), {
        status: 409,
        body: { code: 'already-exists', detail: 'Another row has the same name.' },
      })
    })
  })

t.test('projects are listed by the supplier assigned to them', async (t) => {
  const { given, ids } = await build(t)
  const project = await given.project()
  await given.project()
  const { supplierId } = await given.assignment({ projectId: project.id })
  t.same(await ids(`projects?supplierId=${String(supplierId)}`), [project.id])
})

t.test('task types are listed by category', async (t) => {
  const { given, ids } = await build(t)
  await given.taskType()
  const { id } = await given.taskType({ category: 'Quality' })
  t.same(await ids('task-types?category=Quality'), [id])
})

t.test('an instant that v1 stored as text is served as what it means', async (t) => {
  const db = await openV1<V2Tables>(t)
  const app = await serve<V2Tables>(t, '/v2', v2Routes, { db, now: () => NOW })
  const stored = '2026-02-03 04:05:06'
  await sql`insert into projects values ('p', 'X1', null, ${stored}, ${NOW})`.execute(db.writer)
  await sql`insert into task_types values ('t', 'PA', 'Parts', null, ${stored}, ${NOW})`.execute(db.writer)
  for (const url of ['/v2/projects/p', '/v2/task-types/t'])
    t.match((await app.inject({ url })).json(), {
      createdAt: '2026-02-03T04:05:06.000Z',
      updatedAt: '2026-03-01T00:00:00.000Z',
    })
})
