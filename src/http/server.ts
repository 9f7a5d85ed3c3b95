import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { randomUUID } from 'node:crypto'
import { answerNoRoute, answerProblem } from './problem-handler.js'
import type { App } from './type-provider.js'
import { validators } from './validation.js'

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
    // No limit on silence: who asked to wait for a job's end hears nothing meanwhile.
    connectionTimeout: 0,
    onProtoPoisoning: 'error',
    // A client's id is taken over only when it is safe to print.
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    requestIdHeader: false,
    // What is refused before any hook runs: a path that cannot be decoded, or is too long.
    frameworkErrors: (error, request, reply) =>
      void answerProblem(error, request, reply.header('x-request-id', request.id)),
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(validators())
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(answerNoRoute)
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  return app
}
