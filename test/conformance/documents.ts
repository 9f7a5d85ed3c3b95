import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of an OpenAPI document, as far as answers are checked against it. */
export interface Answer {
  $ref?: string
  headers?: Record<string, { $ref?: string; required?: boolean }>
  content?: Record<string, { schema?: object }>
}
export interface Operation {
  responses: Record<string, Answer>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
}

/** One of the committed documents, by the first part of its paths; read once a process. */
const documents = new Map(
  ['v1', 'v2', 'admin'].map((name) => [
    name,
    JSON.parse(readFileSync(join('openapi', `${name}.json`), 'utf8')) as Document,
  ]),
)

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addFormat('int32', true).addFormat('int64', true)
for (const [name, document] of documents) ajv.addSchema(document, name)

export const isDocumented = (url: string) => documents.has(url.split('/')[1] ?? '')

/** @param url as the router has it: `/v2/tasks/:id` */
export function findOperation(method: string, url: string): Operation | undefined {
  const path = url.replaceAll(/:(\w+)/g, '{$1}')
  // Fastify answers HEAD by what GET would; the documents do not repeat it.
  const name = method === 'HEAD' ? 'get' : method.toLowerCase()
  return documents.get(url.split('/')[1] ?? '')?.paths[path]?.[name]
}

/** What a reference within the document of `url` leads to, and the pointer to it. */
export function resolve<Part extends { $ref?: string }>(
  url: string,
  part: Part,
  pointer: string,
): { part: Part; pointer: string } {
  if (part.$ref === undefined) return { part, pointer }
  const names = part.$ref.slice(2).split('/')
  const found = names.reduce<unknown>(
    (node, name) => (node as Record<string, unknown>)[name],
    documents.get(url.split('/')[1] ?? ''),
  )
  return { part: found as Part, pointer: part.$ref.slice(1) }
}

/** Why the value does not fit the schema there. The schema is compiled when it is first needed. */
export function schemaErrors(url: string, pointer: string, value: unknown): ErrorObject[] {
  const validate = ajv.getSchema(`${url.split('/')[1] ?? ''}#${encodeURI(pointer)}`)
  if (validate === undefined) throw new Error(`Nothing stands at ${pointer}.`)
  return validate(value) === true ? [] : (validate.errors ?? [])
}
