import addFormats from 'ajv-formats'
import { Ajv, type ErrorObject } from 'ajv'
import type { TObject } from '@sinclair/typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { parseInstant } from '../kernel/instant.js'
import { invalidInput, type InputError } from '../kernel/problem.js'

/** What ajv and Fastify both say of one violation. */
type Violation =
  | Pick<ErrorObject, 'instancePath' | 'params' | 'message'>
  | {
      instancePath: string
      params: Record<string, unknown>
      message?: string
    }

/** Query strings and path parameters are text, so they are coerced; bodies say what they mean. */
export function validators(): FastifySchemaCompiler<object> {
  const exact = createAjv({})
  const coercing = createAjv({ coerceTypes: true, useDefaults: true })
  return ({ schema, httpPart }) => (httpPart === 'body' ? exact : coercing).compile(schema)
}

function createAjv(options: object) {
  const ajv = new Ajv({ allErrors: true, removeAdditional: false, keywords: ['example'], ...options })
  addFormats.default(ajv)
  // ajv-formats refuses a date alone, and takes a leap second for an instant.
  ajv.addFormat('date-time', (text: string) => parseInstant(text) !== undefined)
  return ajv
}

/**
 * A part of a body whose schema depends on another part: a copy with the defaults filled in.
 *
 * @param at JSON pointer of the part
 * @throws Problem `invalid-input`
 */
export function readPart(schema: TObject, part: object, at: string): Record<string, unknown> {
  const value = structuredClone(part) as Record<string, unknown>
  const validate = createAjv({ useDefaults: true }).compile(schema)
  if (!validate(value)) throw invalidInput(inputErrors(validate.errors ?? [], (path) => at + path))
  return value
}

/** @param place makes the path that clients see from a JSON pointer */
export const inputErrors = (
  violations: readonly Violation[],
  place: (pointer: string) => string,
): InputError[] =>
  violations.map(({ instancePath, params, message }) => {
    const named =
      (params as Record<string, unknown>).additionalProperty ??
      (params as Record<string, unknown>).missingProperty
    return {
      path: place(typeof named === 'string' ? `${instancePath}/${named}` : instancePath),
      message: message ?? 'is invalid',
    }
  })
