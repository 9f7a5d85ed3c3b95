import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import { validators } from './validation.js'

type Validate = ReturnType<FastifySchemaCompiler<object>>
type Serialize = ReturnType<FastifySerializerCompiler<object>>

/**
 * What a route takes and what it answers is compiled when it is first needed: all routes together take longer than
 * the rest of a start, and a process that stands in for another is waited for.
 */
export function validateLazily(
  compile: FastifySchemaCompiler<object> = validators(),
): FastifySchemaCompiler<object> {
  return (route) => {
    let compiled: Validate | undefined
    const validate: Validate = (data) => {
      compiled ??= compile(route)
      const result = compiled(data)
      validate.errors = compiled.errors ?? null
      return result
    }
    return validate
  }
}

export function serializeLazily(
  compile: FastifySerializerCompiler<object> = serializers(),
): FastifySerializerCompiler<object> {
  return (route) => {
    let compiled: Serialize | undefined
    return (answer) => (compiled ??= compile(route))(answer)
  }
}

/**
 * For answers that are seldom and whose schemas are large: to compile one of those holds every other request up for
 * a quarter of a second, and saves next to nothing.
 */
export const serializeUncompiled: FastifySerializerCompiler<object> = () => (answer) => JSON.stringify(answer)

/** Fastify's own. */
export function serializers(): FastifySerializerCompiler<object> {
  const compile = SerializerSelector()()
  return ({ httpStatus = 'default', ...route }) => compile({ ...route, httpStatus })
}
