import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { kyselyOver, openReaderHandle } from '../../src/db/database.js'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { serve } from '../helper.js'
import { NOW, build, type Json } from './build.js'

type Cell = string | null

/** RFC 4180, and nothing that it does not allow. An unquoted empty field is none. */
function parse(text: string): Cell[][] {
  const rows: Cell[][] = []
  let row: Cell[] = []
  for (let at = 0; at < text.length;) {
    const [field, quoted, plain = '', end = ''] =
      /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at, at + 3_000_000)) ?? []
    if (field === undefined) throw new Error(`no field at ${at}: ${JSON.stringify(text.slice(at, at + 50))}`)
    row.push(quoted === undefined ? (plain === '' ? null : plain) : quoted.replaceAll('""', '"'))
    at += field.length
    if (end !== ',') {
      rows.push(row)
      row = []
    }
  }
  return rows
}

async function buildExport(t: Test) {
  const built = await build(t)
  const load = async (path: string) => {
    const { statusCode, body, headers } = await built.app.inject(`/v2/exports/${path}`)
    const [columns = [], ...rows] = statusCode === 200 ? parse(body) : []
    const items = rows.map((row): Record<string, Cell | undefined> =>
      Object.fromEntries(columns.map((column, index) => [String(column), row[index]])),
    )
    return { status: statusCode, headers, columns, items, body }
  }
  return { ...built, load }
}

/** As the API's item has it, in a cell. */
const asCell = (value: unknown): Cell => {
  if (value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

t.test('an export of', async (t) => {
  const { api, given, load } = await buildExport(t)
  const section = await given.section()
  const { taskTypeId } = section
  const task = await given.task({ taskTypeId, sectionId: section.id })
  const template = await given.template({ taskId: task.id })
  const instance = await given.instance(template, { status: 'completed', submissionFiles: [{ name: 'a' }] })
  await given.supplier({ contacts: [{ name: 'Ann' }] })

  for (const table of [
    'suppliers',
    'projects',
    'task-types',
    'task-type-sections',
    'tasks',
    'project-task-templates',
    'supplier-project-instances',
    'supplier-task-instances',
  ])
    t.test(`${table} has the fields of its items, in the order of their ids`, async (t) => {
      const { status, headers, columns, items } = await load(`${table}.csv`)
      t.equal(status, 200)
      t.match(headers, {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${table}.csv"`,
      })
      const listed = (await api.get(table)).body.items as Json[]
      t.ok(listed.length > 0)
      t.strictSame(columns, Object.keys(listed[0] ?? {}))
      t.strictSame(
        items,
        listed.map((item) =>
          Object.fromEntries(Object.entries(item).map(([name, value]) => [name, asCell(value)])),
        ),
      )
    })

  t.test('project-task-types', async (t) => {
    const { items } = await load(`project-task-types.csv?projectId=${String(template.projectId)}`)
    t.match(items, [
      { projectId: template.projectId, taskTypeId, isActive: 'true', createdAt: /^2026-03-01T/ },
    ])
  })

  t.test('change-history', async (t) => {
    const { items } = await load('change-history.csv')
    t.match(items, [
      {
        subjectId: instance.id,
        field: 'status',
        oldValue: 'not_started',
        newValue: 'completed',
        origin: 'v2',
      },
    ])
  })

  t.test('an empty table has the header line', async (t) => {
    const { load } = await buildExport(t)
    t.equal((await load('projects.csv')).body, '"id","name","description","createdAt","updatedAt"\r\n')
  })

  t.test('a table that does not exist is not found, and a filter that is not known is refused', async (t) => {
    t.equal((await load('secrets.csv')).status, 404)
    t.equal((await load('tasks.csv?colour=red')).status, 400)
    t.equal((await load('supplier-task-instances.csv?limit=1')).status, 400)
  })
})

t.test('a cell', async (t) => {
  const { api, given, load, db } = await buildExport(t)
  const template = await given.template({ offsetDays: -5, anchor: 'project_start' })
  const instance = await given.instance(template)
  const notes = async (text: string | null) => {
    await sql`update v2_supplier_task_instances set notes = ${text} where id = ${instance.id}`.execute(
      db.writer,
    )
    return (await load('supplier-task-instances.csv')).items[0]?.notes
  }
  for (const text of [
    'a, "b"\r\nc\rd\ne',
    'ünïcode 日本 👩‍🔧',
    ' blanks ',
    ';',
    '',
    null,
    'x'.repeat(1_000_000),
  ])
    t.test(`keeps ${JSON.stringify(text).slice(0, 30)}`, async (t) => t.ok((await notes(text)) === text))
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', '=HYPERLINK("http://x")'])
    t.test(`takes ${JSON.stringify(text)} for no formula`, async (t) =>
      t.equal(await notes(text), `'${text}`),
    )
  t.test('lacks NUL characters, and what comes after them is there', async (t) =>
    t.equal(await notes('\0=a\0b\0'), `'=ab`),
  )
  t.test('has numbers as they are', async (t) =>
    t.match((await load('project-task-templates.csv')).items, [{ offsetDays: '-5' }]),
  )
  t.test('has the text of a list that is broken', async (t) => {
    await sql`update v2_supplier_task_instances set submissionFiles = '{oops'`.execute(db.writer)
    const { items } = await load('supplier-task-instances.csv')
    t.match(items, [{ submissionFiles: '[]', submissionFilesRaw: '{oops' }])
    t.match((await api.get('supplier-task-instances')).body.items, [{ submissionFilesRaw: '{oops' }])
  })
})

const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)'

/** A thousand projects, p0001 to p1000. */
const thousandProjects = `${numbers} insert into projects (id, name, createdAt, updatedAt)
  select printf('p%04d', i), i, 0, 0 from n`

t.test('an export of many rows', async (t) => {
  t.test('has each of them once', async (t) => {
    const { db, load } = await buildExport(t)
    await sql.raw(thousandProjects).execute(db.writer)
    const { items } = await load('projects.csv')
    t.equal(items.length, 1000)
    t.equal(new Set(items.map(({ id }) => id)).size, 1000)
  })

  t.test('takes the filters of the list', async (t) => {
    const { given, load, clock } = await buildExport(t)
    const template = await given.template()
    const blocked = await given.instance(template, { status: 'blocked' })
    await given.instance(template)
    const ids = async (query: string) =>
      (await load(`supplier-task-instances.csv?${query}`)).items.map(({ id }) => id)
    t.strictSame(await ids('status=blocked'), [blocked.id])
    t.strictSame(await ids('overdue=true'), [])
    clock.now = NOW + 100 * 86_400_000
    t.equal((await ids('overdue=true')).length, 2)
    t.match((await load('supplier-task-instances.csv?asOf=2026-03-01&status=blocked')).items, [
      { isOverdue: 'false', asOf: '2026-03-01T00:00:00.000Z' },
    ])
  })

  t.test('lets others write meanwhile, and has every row that is there throughout once', async (t) => {
    const { db, app } = await buildExport(t)
    await sql.raw(thousandProjects).execute(db.writer)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const exported = fetch(`http://127.0.0.1:${port}/v2/exports/projects.csv`).then((answer) => answer.text())
    for (let n = 1; n <= 100; n++) {
      await sql`insert into projects (id, name, createdAt, updatedAt) values (${`p${n * 7}x`}, ${`new ${n}`}, 0, 0)`.execute(
        db.writer,
      )
      await sql`delete from projects where id = ${`p${String(n * 10).padStart(4, '0')}`}`.execute(db.writer)
      await setImmediate()
    }
    const ids = parse(await exported)
      .slice(1)
      .map(([id]) => id)
    t.equal(new Set(ids).size, ids.length, 'none twice')
    const seen = new Set(ids)
    for (let n = 1; n <= 1000; n++) if (n % 10 !== 0) t.ok(seen.has(`p${String(n).padStart(4, '0')}`))
  })

  t.test('ends when the client goes away', async (t) => {
    const built = await build(t)
    await sql.raw(thousandProjects).execute(built.db.writer)
    await sql`update projects set description = ${'x'.repeat(20_000)}`.execute(built.db.writer)
    let pages = 0
    const handle = openReaderHandle(built.db.path)
    t.teardown(() => handle.close())
    const reader = kyselyOver<V2Tables>(
      handle,
      async () => undefined,
      ({ sql }) => {
        if (sql.includes('"projects"')) pages++
      },
    )
    const app = await serve<V2Tables>(t, '/v2', v2Routes, { db: { ...built.db, reader }, now: () => NOW })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /v2/exports/projects.csv HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    let before: number
    do {
      before = pages
      await wait(500)
    } while (pages !== before)
    t.ok(pages < 5, `${pages} of 5 pages were read`)
  })
})
