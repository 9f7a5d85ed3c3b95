import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A JSON Schema, as far as the documents use it for what is sent. */
export interface Schema {
  $ref?: string
  type?: string
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  minProperties?: number
}

export interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  required?: boolean
  schema: Schema
}

interface Content {
  content: Record<string, { schema: Schema }>
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        parameters?: Parameter[]
        requestBody?: Content
        responses: Record<string, unknown>
      }
    >
  >
  components: { schemas: Record<string, Schema> }
}

/** An operation of a document, with what can be sent to it. */
export interface Operation {
  id: string
  method: string
  path: string
  parameters: readonly Parameter[]
  body: { type: string; schema: Schema } | undefined
  /** What a reference in its schemas leads to. */
  resolve: (schema: Schema) => Schema
}

export function operationsOf(name: string): Operation[] {
  const document = JSON.parse(readFileSync(join('openapi', `${name}.json`), 'utf8')) as Document
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : (document.components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {})
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody }]) => {
      const [body] = Object.entries(requestBody?.content ?? {})
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        parameters,
        body: body === undefined ? undefined : { type: body[0], schema: body[1].schema },
        resolve,
      }
    }),
  )
}
