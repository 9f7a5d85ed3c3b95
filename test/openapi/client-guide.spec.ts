import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { clientGuide, type ApiDocument } from '../../src/v1/to-v2/client-guide.js'
import { mappingOf } from '../../src/v1/to-v2/mapping/index.js'

const documentOf = (version: 'v1' | 'v2') =>
  JSON.parse(readFileSync(`openapi/${version}.json`, 'utf8')) as ApiDocument
const guide = (v1: ApiDocument, v2: ApiDocument) =>
  clientGuide(v1, v2, mappingOf({ hasResponsibleParties: true, legacySuffix: '_old' }))

t.test('docs/from-v1-to-v2.md', async (t) => {
  t.test('says what the documents and the mapping say; UPDATE_DOCS=1 writes it anew', async (t) => {
    const expected = guide(documentOf('v1'), documentOf('v2'))
    if (process.env.UPDATE_DOCS === '1') writeFileSync('docs/from-v1-to-v2.md', expected)
    t.equal(readFileSync('docs/from-v1-to-v2.md', 'utf8'), expected)
  })
  t.test('has a line for every operation and every field of /v1', async (t) => {
    const v1 = documentOf('v1')
    const text = readFileSync('docs/from-v1-to-v2.md', 'utf8')
    const operations = Object.values(v1.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    t.ok(operations.length > 40)
    for (const operationId of operations) t.match(text, `(\`${operationId}\`)`)
  })
  t.test('cannot be made where an operation or a field has no successor', async (t) => {
    const [v1, v2] = [documentOf('v1'), documentOf('v2')]
    const { '/v2/tasks': tasks, ...paths } = v2.paths
    t.ok(tasks)
    t.throws(() => guide(v1, { ...v2, paths }), /\/v1\/tasks has no successor in \/v2/)
    const { Section: section, ...schemas } = v2.components.schemas
    const { name, ...properties } = section?.properties ?? {}
    t.ok(name)
    const without = (Section?: object) => ({
      ...v2,
      components: { schemas: { ...schemas, ...(Section === undefined ? {} : { Section }) } },
    })
    t.throws(() => guide(v1, without({ properties })), /Milestone\.name has no successor/)
    t.throws(() => guide(v1, without()), /no schema Section/)
  })
})
