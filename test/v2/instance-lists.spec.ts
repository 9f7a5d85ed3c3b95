import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { DAY_MS } from '../../src/kernel/due-date.js'
import { formatInstant } from '../../src/kernel/instant.js'
import { NOW, build, type Json } from './build.js'

const path = 'supplier-task-instances'

/** Instances of one template, each of a supplier of its own. */
async function buildSome(t: Test, some: { supplier: string; due: number; fields?: object }[]) {
  const built = await build(t)
  const { api, given } = built
  const template = await given.template()
  const made: Json[] = []
  for (const { supplier, due, fields } of some) {
    const { id: supplierId } = await given.supplier({ name: supplier })
    const { id } = await given.assignment({ supplierId, projectId: template.projectId })
    const [one] = (await api.get(`${path}?supplierProjectInstanceId=${id}`)).body.items as Json[]
    const actualDueDate = formatInstant(NOW + due * DAY_MS)
    made.push((await api.patch(`${path}/${String(one?.id)}`, { actualDueDate, ...fields })).body)
  }
  /** Every id, read in pages of `limit`; `between` runs after each page. */
  const walk = async (query: string, limit = 2, between: () => Promise<unknown> = async () => undefined) => {
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null; await between()) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { status, body } = await api.get(`${path}?limit=${limit}&${query}${at}`)
      if (status !== 200 || ids.length > 100) throw new Error(JSON.stringify(body))
      ids.push(...(body.items as Json[]).map(({ id }) => id))
      cursor = body.nextCursor as string | null
    }
    return ids
  }
  return { ...built, template, made, walk }
}

const some = [
  { supplier: 'Müller', due: 5, fields: { status: 'blocked' } },
  { supplier: 'Abel', due: 1, fields: { status: 'completed' } },
  { supplier: 'Zulu', due: 3, fields: { status: 'in_progress' } },
  { supplier: 'Bär', due: 1, fields: { status: 'blocked' } },
  { supplier: 'Ōta', due: -2, fields: { status: 'not_started' } },
]

t.test('instances sorted by', async (t) => {
  const { made, walk, template } = await buildSome(t, some)
  const names = new Map(made.map(({ id }, index) => [id, some[index]?.supplier]))
  const keys: Record<string, (one: Json) => string> = {
    effectiveDueDate: (one) => String(one.effectiveDueDate),
    status: (one) => String(one.status),
    updatedAt: (one) => String(one.updatedAt),
    supplierName: (one) => String(names.get(one.id)),
  }
  for (const [sort, keyOf] of Object.entries(keys))
    for (const order of ['asc', 'desc'])
      for (const scope of ['', `&projectId=${String(template.projectId)}`])
        t.test(`${sort}, ${order}, ${scope === '' ? 'all' : 'of a project'}`, async (t) => {
          const rising = made
            .map((one) => ({ id: one.id, key: keyOf(one) }))
            .sort((a, b) => (a.key === b.key ? (a.id < b.id ? -1 : 1) : a.key < b.key ? -1 : 1))
            .map(({ id }) => id)
          const expected = order === 'asc' ? rising : rising.toReversed()
          t.strictSame(await walk(`sort=${sort}&order=${order}${scope}`), expected)
          t.strictSame(await walk(`sort=${sort}&order=${order}${scope}`, 500), expected)
        })

  t.test('a name that JavaScript cannot hold are all there', async (t) => {
    const { db, made, walk } = await buildSome(t, some)
    // Lone surrogates: to JavaScript both are one and the same replacement character.
    for (const [old, hex] of [
      ['Abel', '58eda080'],
      ['Zulu', '58edafbf'],
    ])
      await sql`update suppliers set name = cast(unhex(${hex}) as text) where name = ${old}`.execute(
        db.writer,
      )
    const ids = await walk('sort=supplierName', 1)
    t.strictSame([...ids].sort(), made.map(({ id }) => id).sort())
    t.strictSame((await walk('sort=supplierName&order=desc', 1)).toReversed(), ids)
  })
})

t.test('pages of a sorted list', async (t) => {
  t.test('neither lose nor repeat a row when others come in between', async (t) => {
    const { given, template, made, walk } = await buildSome(t, some)
    for (const sort of ['effectiveDueDate', 'status', 'supplierName', 'updatedAt']) {
      const ids = await walk(`sort=${sort}`, 2, () => given.instance(template))
      const known = ids.filter((id) => made.some((one) => one.id === id))
      t.equal(new Set(ids).size, ids.length, `${sort}: none twice`)
      t.strictSame([...known].sort(), made.map(({ id }) => id).sort(), `${sort}: none lost`)
    }
  })

  t.test('go on after a row that has gone', async (t) => {
    const { api, made } = await buildSome(t, some)
    const query = `${path}?sort=effectiveDueDate&limit=2`
    const first = (await api.get(query)).body
    for (const { id } of first.items as Json[]) await api.delete(`${path}/${id}`)
    const rest = (await api.get(`${query.replace('limit=2', 'limit=9')}&cursor=${String(first.nextCursor)}`))
      .body
    t.equal((rest.items as Json[]).length, made.length - 2)
  })

  t.test('are refused in another order than the cursor was made in', async (t) => {
    const { api } = await buildSome(t, some)
    const sorted = (await api.get(`${path}?sort=status&limit=1`)).body.nextCursor
    const plain = (await api.get(`${path}?limit=1`)).body.nextCursor
    for (const query of [
      `cursor=${String(sorted)}`,
      `sort=updatedAt&cursor=${String(sorted)}`,
      `sort=status&order=desc&cursor=${String(sorted)}`,
      `sort=status&cursor=${String(plain)}`,
    ])
      t.match(
        await api.get(`${path}?${query}`),
        { status: 400, body: { errors: [{ path: '?cursor' }] } },
        query,
      )
    const made = Buffer.from(JSON.stringify(['supplierName', 'asc', '41.4G.', 'x'])).toString('base64url')
    t.match(await api.get(`${path}?sort=supplierName&cursor=${made}`), { status: 400 })
    t.match(await api.get(`${path}?order=desc`), { status: 400, body: { errors: [{ path: '?order' }] } })
    t.match(await api.get(`${path}?sort=notes`), { status: 400, body: { errors: [{ path: '?sort' }] } })
  })
})

t.test('the filter', async (t) => {
  const { api, ids, made, db } = await buildSome(t, some)
  const [müller, abel, , bär, ōta] = made

  t.test('status may be given more than once', async (t) => {
    t.strictSame(await ids(`${path}?status=completed&status=blocked`), [müller?.id, abel?.id, bär?.id])
    t.match(await api.get(`${path}?status=completed&status=done`), {
      status: 400,
      body: { errors: [{ path: '?status/1' }] },
    })
  })

  t.test('overdue goes by asOf, which is in the answer', async (t) => {
    t.strictSame(await ids(`${path}?overdue=true`), [ōta?.id])
    const later = '2026-03-05T00:00:00.000Z'
    const { body } = await api.get(`${path}?overdue=true&asOf=${later}`)
    t.match(body.items, [{ isOverdue: true, asOf: later }, { isOverdue: true }, { isOverdue: true }])
    t.match((await api.get(`${path}/${String(ōta?.id)}`)).body, { asOf: formatInstant(NOW), isOverdue: true })
  })

  t.test('search finds names and notes in any case, beyond ASCII too', async (t) => {
    await api.patch(`${path}/${String(abel?.id)}`, { notes: 'Straße gesperrt, ÉTÉ 100%' })
    // The accent as a character of its own.
    await sql`update suppliers set name = ${'Ba\u0308r'} where name = 'Bär'`.execute(db.writer)
    const find = (text: string) => ids(`${path}?search=${encodeURIComponent(text)}`)
    t.strictSame(await find('MÜLLER'), [müller?.id])
    t.strictSame(await find('bÄR'), [bär?.id])
    t.strictSame(await find('ōTA'), [ōta?.id])
    t.strictSame(await find('STRASSE'), [abel?.id])
    t.strictSame(await find('été 100%'), [abel?.id])
    t.strictSame(await find('100_'), [])
    t.equal((await find('project')).length, made.length, 'the name of the project')
    t.equal(
      (await find('TASK 3')).length + (await find('TASK 4')).length,
      made.length,
      'the name of the task',
    )
  })

  t.test('search finds what is rare in a large table, in every order', async (t) => {
    const { db, given, ids } = await build(t)
    await given.instance(await given.template())
    for (const statement of sixThousandMore) await sql.raw(statement).execute(db.writer)
    const rare = ['i00001', 'i04000', 'i06000']
    for (const id of rare)
      await sql`update v2_supplier_task_instances set notes = 'a needle' where id = ${id}`.execute(db.writer)
    for (const order of [
      '',
      '&sort=supplierName',
      '&sort=effectiveDueDate',
      '&sort=status',
      '&sort=updatedAt',
    ])
      t.strictSame(await ids(`${path}?search=NEEDLE${order}`), rare, order)
    t.strictSame(await ids(`${path}?search=NEEDLE&sort=status&order=desc`), rare.toReversed())
    t.strictSame(await ids(`${path}?search=hay`), [])
  })
})

const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000)'

/** Of one assignment; all that a sort looks at is alike. */
const sixThousandMore = [
  `${numbers} insert into v2_tasks (id, taskTypeId, name, sequence, isRequired, createdAt, updatedAt)
    select printf('t%05d', i), (select id from task_types), i, 0, 1, 0, 0 from n`,
  `${numbers} insert into v2_project_task_templates (id, projectId, taskId, dueDate, isActive, createdAt, updatedAt)
    select printf('p%05d', i), (select id from projects), printf('t%05d', i), 0, 1, 0, 0 from n`,
  `${numbers} insert into v2_supplier_task_instances
      (id, supplierProjectInstanceId, projectTaskTemplateId, status, dueDate, isApplied, createdAt, updatedAt)
    select printf('i%05d', i), (select id from supplier_project_instances), printf('p%05d', i), 'blocked', 0, 1, 0, 0
    from n`,
]
