import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import { openApiFiles } from '../../scripts/openapi/documents.js'

type Json = Record<string, unknown>
interface Media {
  schema: Json
  example?: unknown
  examples?: Record<string, { value: unknown }>
}
interface Answer {
  content?: Record<string, Media>
}
interface Document {
  paths: Record<string, Record<string, { requestBody?: Answer; responses: Record<string, Answer> }>>
  components: { schemas: Record<string, Json>; responses: Record<string, Answer> }
}

/** Every schema of the document with examples, and where it stands. */
function* schemasWithExamples(node: unknown, pointer = ''): Generator<[string, Json]> {
  if (typeof node !== 'object' || node === null) return
  const schema = node as Json
  if (Array.isArray(schema.examples)) yield [pointer, schema]
  for (const [key, value] of Object.entries(schema))
    if (key !== 'examples' && key !== 'example')
      yield* schemasWithExamples(value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

const isBytes = (type: string) => ['application/octet-stream', '*/*', 'multipart/form-data'].includes(type)

for (const [file, text] of await openApiFiles())
  t.test(`the examples of openapi/${file}`, async (t) => {
    const document = JSON.parse(text) as Document
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addFormat('int32', true).addFormat('int64', true)
    ajv.addSchema(document, 'document')
    const errorsOf = (pointer: string, value: unknown) => {
      const validate = ajv.getSchema(`document#${encodeURI(pointer)}`)
      if (validate === undefined) throw new Error(`nothing stands at ${pointer}`)
      return validate(value) === true ? [] : (validate.errors ?? [])
    }

    t.test('fit their schemas', async (t) => {
      const found = [...schemasWithExamples(document)]
      t.ok(found.length > 10, `${found.length} schemas have examples`)
      for (const [pointer, { examples }] of found)
        for (const example of examples as unknown[]) t.strictSame(errorsOf(pointer, example), [], pointer)
    })

    t.test('are there for every body, and for every answer of an operation', async (t) => {
      for (const [path, operations] of Object.entries(document.paths))
        for (const [method, { requestBody, responses }] of Object.entries(operations))
          for (const part of [requestBody, ...Object.values(responses)])
            for (const [type, { schema }] of Object.entries(part?.content ?? {})) {
              if (isBytes(type)) continue
              const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : ''
              const { examples } = document.components.schemas[name] ?? schema
              t.ok(Array.isArray(examples) && examples.length === 1, `${method} ${path} ${type}`)
            }
    })

    t.test('of refusals are problems with the status of the answer', async (t) => {
      for (const [name, { content }] of Object.entries(document.components.responses))
        for (const { examples = {} } of Object.values(content ?? {}))
          for (const [code, { value }] of Object.entries(examples)) {
            t.strictSame(errorsOf('/components/schemas/Problem', value), [], name)
            t.match(value, { code, type: `/docs/problems/${code}` })
          }
    })
  })
