import addFormats from 'ajv-formats'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { TObject } from '@sinclair/typebox'
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import { parseInstant } from '../kernel/instant.js'
import { invalidInput, type InputError } from '../kernel/problem.js'
import { textErrors } from './text-errors.js'

/** What ajv and Fastify both say of one violation. */
export type Violation =
  | Pick<ErrorObject, 'instancePath' | 'params' | 'message'>
  | {
      instancePath: string
      params: Record<string, unknown>
      message?: string
    }

/**
 * Query strings and path parameters are text, so they are coerced, one value to a list of one too; bodies
 * say what they mean.
 */
export function validators(): FastifySchemaCompiler<object> {
  const exact = createAjv({})
  const coercing = createAjv({ coerceTypes: 'array', useDefaults: true })
  return ({ schema, httpPart }) =>
    httpPart === 'body' ? withTextChecked(exact.compile(schema)) : coercing.compile(schema)
}

type Check = ReturnType<FastifySchemaCompiler<object>>

/** Everything that is wrong with a body at once: by its schema, and by its text. */
function withTextChecked(validate: ValidateFunction): Check {
  const check: Check = (body) => {
    const violations = [...(validate(body) ? [] : (validate.errors ?? [])), ...textErrors(body)]
    check.errors = violations as FastifySchemaValidationError[]
    return violations.length === 0
  }
  return check
}

function createAjv(options: object) {
  const ajv = new Ajv({
    allErrors: true,
    removeAdditional: false,
    keywords: ['example'],
    // It makes the compiling, for which requests wait, twice as long, and a check of so few fields no shorter.
    code: { optimize: false },
    ...options,
  })
  addFormats.default(ajv)
  // ajv-formats refuses a date alone, and takes a leap second for an instant.
  ajv.addFormat('date-time', (text: string) => parseInstant(text) !== undefined)
  return ajv
}

const partValidators = new WeakMap<TObject, ValidateFunction>()

/**
 * A part of a body whose schema depends on another part: a copy with the defaults filled in.
 *
 * @param at JSON pointer of the part
 * @throws Problem `invalid-input`
 */
export function readPart(schema: TObject, part: object, at: string): Record<string, unknown> {
  const value = structuredClone(part) as Record<string, unknown>
  const validate = partValidators.get(schema) ?? createAjv({ useDefaults: true }).compile(schema)
  // Compiling costs more than all the rest of a request.
  partValidators.set(schema, validate)
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
