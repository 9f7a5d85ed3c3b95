import addFormats from 'ajv-formats'
import { Ajv } from 'ajv'
import Fastify, { LogController, type FastifyBaseLogger, type FastifySchemaCompiler } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { randomUUID } from 'node:crypto'
import { parseInstant } from '../kernel/instant.js'
import { answerNoRoute, answerProblem } from './problem-handler.js'
import type { App } from './type-provider.js'

const BODY_LIMIT = 2 * 1024 * 1024
const REQUEST_ID = /^[\w.:-]{1,100}$/

/**
 * Fastify with closed defaults: bodies are neither coerced nor stripped of unknown fields, slow clients
 * are cut off, every answer has an `x-request-id` and every error is a problem document.
 */
export function createServer(logger: FastifyBaseLogger): App {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    onProtoPoisoning: 'error',
    // A client's id is taken over only when it is safe to print.
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    requestIdHeader: false,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(validators())
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(answerNoRoute)
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  return app
}

/** Query strings and path parameters are text, so they are coerced; bodies say what they mean. */
function validators(): FastifySchemaCompiler<object> {
  const exact = validator({})
  const coercing = validator({ coerceTypes: true, useDefaults: true })
  return ({ schema, httpPart }) => (httpPart === 'body' ? exact : coercing).compile(schema)
}

function validator(options: object) {
  const ajv = new Ajv({ allErrors: true, removeAdditional: false, keywords: ['example'], ...options })
  addFormats.default(ajv)
  // ajv-formats refuses a date alone, and takes a leap second for an instant.
  ajv.addFormat('date-time', (text: string) => parseInstant(text) !== undefined)
  return ajv
}
