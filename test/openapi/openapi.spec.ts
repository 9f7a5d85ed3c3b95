import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openApiFiles } from '../../scripts/openapi/documents.js'
import { post, served, v1Path } from '../admin/served.js'
import { emptyV1File } from '../helper.js'

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  'x-cutover-group'?: string
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>
}

interface Document {
  openapi: string
  tags: { name: string; description: string }[]
  security: unknown
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, { content: Record<string, { schema: unknown }> }> }
}

const generated = await openApiFiles()

const operationsOf = (document: Document): [string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )

for (const [file, text] of generated)
  t.test(`openapi/${file}`, async (t) => {
    const document = JSON.parse(text) as Document
    const operations = operationsOf(document)

    t.test('is what the app says; if it is not, run: npm run openapi', async (t) => {
      // Not t.equal: a difference would print both documents.
      t.ok(readFileSync(join('openapi', file), 'utf8') === text)
      t.equal(document.openapi, '3.1.0')
      t.ok(operations.length > 5)
    })

    t.test('names and describes every operation', async (t) => {
      for (const [route, { operationId, summary, description, tags }] of operations) {
        t.match(operationId, /^[a-z]\w+$/, `${route} has an operationId`)
        t.match(summary, /^[A-Z].{5,}/, `${route} has a summary`)
        t.match(description, /.{5,}/, `${route} has a description`)
        t.ok(tags !== undefined && tags.length > 0, `${route} has a tag`)
      }
      const ids = operations.map(([, { operationId }]) => operationId)
      t.same(ids.length, new Set(ids).size, 'each operationId is there once')
    })

    t.test('declares the tags of its operations, and no others', async (t) => {
      const used = new Set(operations.flatMap(([, { tags = [] }]) => tags))
      t.strictSame(document.tags.map(({ name }) => name).sort(), [...used].sort())
    })

    t.test('asks for a token everywhere', async (t) => t.strictSame(document.security, [{ bearer: [] }]))

    t.test('has the errors of every operation, each of them a problem', async (t) => {
      for (const [route, { responses }] of operations) {
        const refused = Object.entries(responses).filter(([status]) => /^[45]/.test(status))
        for (const status of ['400', '401', '500', '503']) t.ok(status in responses, `${route} ${status}`)
        for (const [status, { $ref = '' }] of refused) {
          const { content } = document.components.responses[$ref.split('/').at(-1) ?? ''] ?? {}
          const problem = { schema: { $ref: '#/components/schemas/Problem' } }
          t.match(content, { 'application/problem+json': problem }, `${route} ${status}`)
        }
      }
    })

    t.test('has the refusals that follow from what an operation takes', async (t) => {
      for (const [route, { responses }] of operations) {
        if (route.includes('{')) t.ok('404' in responses, `${route} 404`)
        if (/^(PUT|PATCH|DELETE)/.test(route)) t.ok('412' in responses, `${route} 412`)
        if (!route.startsWith('GET')) t.ok('409' in responses && '507' in responses, `${route} 409, 507`)
      }
    })

    t.test('marks no operation as deprecated', async (t) => {
      t.notOk(operations.some(([, { deprecated }]) => deprecated))
    })
  })

t.test('the documentation', async (t) => {
  const app = await served(t, emptyV1File(t))

  t.test('is served at /docs as a page', async (t) => {
    const { statusCode, headers, body } = await app.inject('/docs')
    t.equal(statusCode, 200)
    t.match(headers['content-type'], /^text\/html/)
    t.match(body, /swagger-ui/)
  })

  t.test('is served as the same documents as the files', async (t) => {
    for (const [file, text] of generated) {
      const answer = await app.inject(`/openapi/${file}`)
      t.equal(answer.statusCode, 200, file)
      t.same(answer.json(), JSON.parse(text), file)
    }
  })

  t.test('marks the operations of /v1 whose group v2 serves as deprecated, and no others', async (t) => {
    const v1 = await served(t, v1Path(t))
    const deprecated = async (file: string) =>
      operationsOf((await v1.inject(`/openapi/${file}`)).json<Document>())
        .filter(([, one]) => one.deprecated)
        .map(([, one]) => one['x-cutover-group'])
    await post(v1, 'migrate')
    t.strictSame(await deprecated('v1.json'), [])
    await post(v1, 'cutover', { groups: { dashboard: 'v2', taskRead: 'v2' } })
    t.strictSame([...new Set(await deprecated('v1.json'))].sort(), ['dashboard', 'taskRead'])
    t.strictSame(await deprecated('v2.json'), [])
    await post(v1, 'rollback', { level: 'api' })
    t.strictSame(await deprecated('v1.json'), [])
  })
})
