import t from 'tap'
import { NOW, build, type Json } from './build.js'

const orderOf = (body: Json) => body.ids as string[]

/** A task type with three things of each kind that can be put in order, and where their orders are. */
async function buildLists(t: import('tap').Test) {
  const built = await build(t)
  const { given } = built
  const { id: taskTypeId } = await given.taskType()
  const three = async (make: (name: string) => Promise<Json>) => [
    (await make('b')).id,
    (await make('a')).id,
    (await make('c')).id,
  ]
  const sections = await three((name) => given.section({ taskTypeId, name }))
  const sectionId = String(sections[0])
  const tasks = await three((name) => given.task({ taskTypeId, sectionId, name }))
  const loose = await three((name) => given.task({ taskTypeId, name }))
  const parentTaskId = String(tasks[0])
  const subTasks = await three((name) => given.task({ taskTypeId, parentTaskId, name }))
  const lists = [
    { url: `task-types/${taskTypeId}/sections/order`, ids: sections, items: 'task-type-sections' },
    { url: `task-types/${taskTypeId}/sections/${sectionId}/tasks/order`, ids: tasks, items: 'tasks' },
    { url: `task-types/${taskTypeId}/tasks/order`, ids: loose, items: 'tasks' },
    { url: `tasks/${parentTaskId}/sub-tasks/order`, ids: subTasks, items: 'tasks' },
  ]
  return { ...built, taskTypeId, sectionId, lists }
}

const nameOf = (url: string) => url.replaceAll(/c\w{24}/g, ':id')

t.test('an order', async (t) => {
  t.test('is that of creation, until it is changed', async (t) => {
    const { api, lists } = await buildLists(t)
    for (const { url, ids } of lists) t.same(orderOf((await api.get(url)).body), ids, nameOf(url))
  })

  t.test('is put as a whole', async (t) => {
    const { api, lists } = await buildLists(t)
    for (const { url, ids } of lists) {
      const reversed = ids.toReversed()
      const put = await api.put(url, { ids: reversed })
      t.match(put, { status: 200, body: { ids: reversed } }, nameOf(url))
      const read = await api.get(url)
      t.same(orderOf(read.body), reversed)
      t.equal(read.etag, put.etag)
    }
  })

  t.test('is the order of the tree', async (t) => {
    const { api, taskTypeId, lists } = await buildLists(t)
    for (const { url, ids } of lists) await api.put(url, { ids: ids.toReversed() })
    const { body } = await api.get(`task-types/${taskTypeId}/tree`)
    const sections = body.sections as (Json & { tasks: (Json & { subTasks: Json[] })[] })[]
    const tasks = sections.at(-1)?.tasks ?? []
    const shown = [sections, tasks, body.tasksWithoutSection as Json[], tasks.at(-1)?.subTasks ?? []]
    t.same(
      shown.map((items) => items.map(({ id }) => id)),
      lists.map(({ ids }) => ids.toReversed()),
    )
  })

  t.test('marks as updated only what changes its number', async (t) => {
    const { api, clock, lists } = await buildLists(t)
    clock.now = NOW + 1000
    for (const { url, ids, items } of lists) {
      await api.put(url, { ids: [ids[1], ids[0], ids[2]] })
      t.match((await api.get(`${items}/${String(ids[2])}`)).body, { updatedAt: '2026-03-01T00:00:00.000Z' })
      t.match((await api.get(`${items}/${String(ids[0])}`)).body, { updatedAt: '2026-03-01T00:00:01.000Z' })
    }
  })

  t.test('has a new one at its end', async (t) => {
    const { api, given, taskTypeId, lists } = await buildLists(t)
    const [first] = lists
    if (first === undefined) throw new Error('no list')
    await api.put(first.url, { ids: first.ids.toReversed() })
    const { id } = await given.section({ taskTypeId, name: 'A first name' })
    t.equal(orderOf((await api.get(first.url)).body).at(-1), id)
  })

  t.test('is refused with each id that is missing, foreign or repeated, and nothing changes', async (t) => {
    const { api, lists } = await buildLists(t)
    for (const [index, { url, ids }] of lists.entries()) {
      const [one, two, three] = ids
      const foreign = lists[(index + 1) % lists.length]?.ids[0]
      for (const [wrong, paths] of [
        [[two, one], ['/ids']],
        [[], ['/ids', '/ids', '/ids']],
        [[three, two, one, two], ['/ids/3']],
        [[three, foreign, two, one], ['/ids/1']],
        [
          ['none', 'none', one],
          ['/ids/0', '/ids/1', '/ids', '/ids'],
        ],
      ] as const) {
        const { status, body } = await api.put(url, { ids: wrong })
        t.equal(status, 422, nameOf(url))
        t.same(
          (body.errors as { path: string }[]).map(({ path }) => path),
          paths,
          nameOf(url),
        )
      }
      t.same(orderOf((await api.get(url)).body), ids)
    }
  })

  t.test('is not put against the ETag of another', async (t) => {
    const { api, lists } = await buildLists(t)
    for (const { url, ids } of lists) {
      const { etag } = await api.get(url)
      const reversed = ids.toReversed()
      t.equal((await api.put(url, { ids: reversed }, { 'if-match': etag })).status, 200)
      t.match(await api.put(url, { ids }, { 'if-match': etag }), {
        status: 412,
        body: { code: 'stale-etag' },
      })
      t.same(orderOf((await api.get(url)).body), reversed)
    }
  })

  t.test('of what does not exist is not found', async (t) => {
    const { api, given, taskTypeId, sectionId } = await buildLists(t)
    const other = await given.taskType()
    for (const url of [
      'task-types/none/sections/order',
      `task-types/none/sections/${sectionId}/tasks/order`,
      `task-types/${taskTypeId}/sections/none/tasks/order`,
      `task-types/${other.id}/sections/${sectionId}/tasks/order`,
      'task-types/none/tasks/order',
      'tasks/none/sub-tasks/order',
    ]) {
      t.match(await api.get(url), { status: 404, body: { code: 'not-found' } }, url)
      t.match(await api.put(url, { ids: [] }), { status: 404, body: { code: 'not-found' } }, url)
    }
  })
})
