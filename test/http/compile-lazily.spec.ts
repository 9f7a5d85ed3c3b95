import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifySchemaCompiler, RouteOptions } from 'fastify'
import diagnosticsChannel from 'node:diagnostics_channel'
import t, { type Test } from 'tap'
import { serializeLazily, serializers, validateLazily } from '../../src/http/compile-lazily.js'
import { validators } from '../../src/http/validation.js'
import { served, v1Path } from '../admin/served.js'

const route = { method: 'POST', url: '/parts', httpPart: 'body' }

/** The routes of the whole application. */
async function routesOf(t: Test): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const watch = (message: unknown) =>
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', (one) => void routes.push(one))
  diagnosticsChannel.subscribe('fastify.initialization', watch)
  t.teardown(() => diagnosticsChannel.unsubscribe('fastify.initialization', watch))
  await (await served(t, v1Path(t))).ready()
  return routes
}

type Part = { content?: Record<string, { schema: object }> }

/** One schema, or one for each type of content. */
const schemasIn = (part: Part): object[] =>
  part.content === undefined ? [part] : Object.values(part.content).map(({ schema }) => schema)

t.test('what every route takes and answers can be compiled', async (t) => {
  const [validator, serializer] = [validators(), serializers()]
  const compiled = { takes: 0, answers: 0 }
  for (const one of await routesOf(t)) {
    const at = { method: String(one.method), url: one.url }
    for (const httpPart of ['body', 'querystring', 'params', 'headers'] as const)
      for (const schema of schemasIn(one.schema?.[httpPart] ?? { content: {} })) {
        t.doesNotThrow(() => validator({ ...at, httpPart, schema }), `${at.method} ${at.url} ${httpPart}`)
        compiled.takes++
      }
    for (const [httpStatus, answer] of Object.entries((one.schema?.response ?? {}) as Record<string, Part>))
      for (const schema of schemasIn(answer)) {
        t.doesNotThrow(
          () => serializer({ ...at, httpStatus, schema }),
          `${at.method} ${at.url} ${httpStatus}`,
        )
        compiled.answers++
      }
  }
  t.comment(compiled)
  t.ok(compiled.takes > 150 && compiled.answers > 500, 'of many routes')
})

t.test('a validator is compiled once, when it is first needed, and says what is wrong', async (t) => {
  let times = 0
  const compile: FastifySchemaCompiler<object> = (one) => {
    times++
    return validators()(one)
  }
  const validate = validateLazily(compile)({ ...route, schema: Type.Object({ size: Type.Integer() }) })
  t.equal(times, 0)
  t.equal(validate({ size: 'small' }), false)
  t.match(validate.errors, [{ instancePath: '/size', keyword: 'type' }])
  t.equal(validate({ size: 4 }), true)
  t.same(validate.errors ?? [], [])
  t.equal(times, 1)
})

t.test('so is a serializer, and it leaves out what its schema does not have', async (t) => {
  let times = 0
  const serialize = serializeLazily((one) => {
    times++
    return serializers()(one)
  })({ ...route, schema: Type.Object({ size: Type.Integer() }, { additionalProperties: false }) })
  t.equal(times, 0)
  t.equal(serialize({ size: 4, secret: 'x' }), '{"size":4}')
  t.equal(serialize({ size: 5 }), '{"size":5}')
  t.equal(times, 1)
})
