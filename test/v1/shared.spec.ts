import t from 'tap'
import { build } from './build.js'

t.test('what both versions share', async (t) => {
  for (const [path, payload] of [
    ['suppliers', { name: 'Acme' }],
    ['projects', { name: 'Falcon' }],
    ['task-types', { name: 'Part Approval', category: 'Quality' }],
  ] as const)
    t.test(`serves ${path} under /v1`, async (t) => {
      const { app } = await build(t)
      const created = await app.inject({ method: 'POST', url: `/v1/${path}`, payload })
      t.equal(created.statusCode, 201)
      const url = created.headers.location ?? ''
      t.ok(url.startsWith(`/v1/${path}/`))
      t.match((await app.inject({ url })).json(), payload)
      t.match((await app.inject({ url: `/v1/${path}` })).json(), { items: [payload] })
    })

  t.test('finds suppliers by project, and projects by supplier', async (t) => {
    const { app, given } = await build(t)
    const [supplierId, projectId] = [given.supplier(), given.project()]
    given.assignment({ supplierId, projectId })
    given.assignment()
    const listed = async (url: string) =>
      (await app.inject({ url })).json<{ items: { id: string }[] }>().items.map(({ id }) => id)
    t.same(await listed(`/v1/suppliers?projectId=${projectId}`), [supplierId])
    t.same(await listed(`/v1/projects?supplierId=${supplierId}`), [projectId])
  })
})

t.test('a list', async (t) => {
  t.test('goes on page by page, with its filters', async (t) => {
    const { app, given } = await build(t)
    const taskTypeId = given.taskType()
    const ids = [1, 2, 3].map(() => given.milestone({ taskTypeId }))
    given.milestone()
    const first = await app.inject({ url: `/v1/milestones?taskTypeId=${taskTypeId}&limit=2` })
    const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    const pages = [first.json<{ items: { id: string }[] }>(), (await app.inject({ url: next })).json()]
    t.match(pages, [
      { items: [{ id: ids[0] }, { id: ids[1] }] },
      { items: [{ id: ids[2] }], nextCursor: null },
    ])
  })
})
