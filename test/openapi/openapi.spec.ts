import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openApiFiles } from '../../scripts/openapi/documents.js'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { silent, temporaryFolder } from '../helper.js'

interface Operation {
  operationId?: string
  summary?: string
  tags?: string[]
  responses: Record<string, { content?: Record<string, unknown> }>
}

interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
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
      for (const [route, { operationId, summary, tags }] of operations) {
        t.match(operationId, /^[a-z]\w+$/, `${route} has an operationId`)
        t.match(summary, /^[A-Z].{5,}/, `${route} has a summary`)
        t.ok(tags !== undefined && tags.length > 0, `${route} has a tag`)
      }
      const ids = operations.map(([, { operationId }]) => operationId)
      t.same(ids.length, new Set(ids).size, 'each operationId is there once')
    })

    t.test('has the errors of every operation', async (t) => {
      for (const [route, { responses }] of operations)
        t.ok(responses['4XX']?.content?.['application/problem+json'], route)
    })
  })

async function build(t: Test) {
  const config = readConfig({})
  const db = await openApplicationDatabase(join(temporaryFolder(t), 'app.db'), config.initialGroups)
  const app = await buildApp({ db, config, log: silent })
  t.teardown(() => app.close())
  return app
}

t.test('the documentation', async (t) => {
  const app = await build(t)

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
})
