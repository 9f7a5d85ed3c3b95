import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import type { App } from '../../src/http/type-provider.js'
import { served } from '../admin/served.js'
import { v1Examples } from '../bad-input/v1-examples.js'
import { v2Examples } from '../bad-input/v2-examples.js'
import { emptyV1File } from '../helper.js'
import { adopt, runHere, sqlConsole } from './migrated.js'
import { filled, writeSteps, type Sending } from './write-requests.js'

const everyGroup = { dashboard: 'v2', taskRead: 'v2', taskWrite: 'v2', taskCreate: 'v2' }

/** Tables in which the service keeps account of itself, and no data of its users. */
const isOwn = /^(sqlite_|migration_|sync_|schema_files|witness|write_context|change_history|idempotency_keys)/

/** The whole application over a file with both schemas, in which every change of a row notes who is at work. */
async function build(t: Test) {
  const path = emptyV1File(t)
  const handle = sqlConsole(path)
  t.teardown(() => handle.close())
  handle.exec('ALTER TABLE project_milestone_tasks ADD COLUMN responsibleParties TEXT')
  await adopt(path)
  await runHere(path, 'migrate')
  await runHere(path, 'cutover', { groups: everyGroup })
  handle.exec('CREATE TABLE witness (id INTEGER PRIMARY KEY, actor TEXT, requestId TEXT, origin TEXT)')
  const tables = handle
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
    .pluck()
    .all() as string[]
  for (const table of tables.filter((name) => !isOwn.test(name)))
    for (const event of ['INSERT', 'UPDATE', 'DELETE'])
      handle.exec(`CREATE TRIGGER witness_${table}_${event} AFTER ${event} ON ${table} BEGIN
        INSERT INTO witness SELECT NULL, actor, requestId, origin FROM (SELECT 1) LEFT JOIN write_context; END`)
  return { handle, app: withToken(await served(t, path, { API_TOKEN: 'secret' })) }
}

/** The examples are made for an application without a token. */
const withToken = (app: App): App =>
  new Proxy(app, {
    get: (target, name): unknown =>
      name === 'inject'
        ? ({ headers, ...rest }: InjectOptions) =>
            target.inject({ ...rest, headers: { ...headers, authorization: 'Bearer secret' } })
        : Reflect.get(target, name),
  })

/** Every route that writes, as `PATCH /v2/tasks/:id`, from the document of the version. */
async function writingRoutes(app: App, version: string): Promise<string[]> {
  const { paths } = (await app.inject({ url: `/openapi/${version}.json` })).json<{
    paths: Record<string, object>
  }>()
  return Object.entries(paths).flatMap(([path, operations]) =>
    ['POST', 'PUT', 'PATCH', 'DELETE']
      .filter((method) => method.toLowerCase() in operations)
      .map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
}

async function send(app: App, route: string, requestId: string, sending: Sending) {
  const { params, payload, headers = {}, query = '' } = sending
  const [method = ''] = route.split(' ')
  const answer = await app.inject({
    method: method as 'POST',
    url: filled(route, params) + query,
    headers: {
      ...headers,
      'x-request-id': requestId,
      // Where it is kept, the answer is written with the effect.
      ...(method === 'POST' ? { 'idempotency-key': requestId } : {}),
    },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, body: answer.body }
}

for (const version of ['v1', 'v2'] as const)
  t.test(`what /${version} writes`, async (t) => {
    const { app, handle } = await build(t)
    const examples = await (version === 'v1' ? v1Examples : v2Examples)(app)
    const witnessed = handle.prepare('SELECT DISTINCT actor, requestId, origin FROM witness WHERE id > ?')
    const last = handle.prepare('SELECT coalesce(max(id), 0) FROM witness').pluck()
    const writing = new Set<string>()

    for (const [n, [route, make]] of writeSteps(app, version, examples).entries())
      t.test(`by ${route} says who asked`, async (t) => {
        const sending = await make()
        const before = last.get()
        const requestId = `request-${n}`
        const { status, body } = await send(app, route, requestId, sending)
        t.ok(status < 300, `${status} ${body.slice(0, 300)}`)
        const authors = witnessed.all(before) as { origin: string }[]
        if (authors.length > 0) writing.add(route)
        for (const author of authors)
          t.match(author, {
            actor: 'api',
            requestId,
            origin: author.origin === 'propagation' ? String : version,
          })
      })

    t.test('was seen of every route that writes', async (t) => {
      t.strictSame([...writing].sort(), (await writingRoutes(app, version)).sort())
    })

    t.test('is in the history with its author', async (t) => {
      const count = (where: string) =>
        Number(handle.prepare(`SELECT count(*) FROM change_history WHERE ${where}`).pluck().get())
      t.equal(count(`actor IS NULL OR requestId IS NULL OR origin NOT IN ('${version}', 'propagation')`), 0)
      t.ok(count('true') >= 20, `${count('true')} entries`)
      t.ok(count(`origin = 'propagation'`) > 0)
    })
  })
