import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { Problem } from '../kernel/problem.js'
import { answerOtherMethods } from './allowed-methods.js'
import { answerClientError } from './client-errors.js'
import { serializeLazily, validateLazily } from './compile-lazily.js'
import { negotiate } from './negotiation.js'
import { answerProblem } from './problem-handler.js'
import { limitSlowBodies } from './slow-bodies.js'
import type { App } from './type-provider.js'

const BODY_LIMIT = 2 * 1024 * 1024
const BODY_TIMEOUT_MS = 30_000
/** A file name of 255 bytes, each as %XX. */
const LONGEST_PARAMETER = 765
const JSON_TYPE = 'application/json'
const MERGE_PATCH = 'application/merge-patch+json'
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
    // Of files; other bodies have less time: see limitSlowBodies.
    requestTimeout: 15 * 60_000,
    // No limit on silence: who asked to wait for a job's end hears nothing meanwhile.
    connectionTimeout: 0,
    onProtoPoisoning: 'error',
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // A client's id is taken over only when it is safe to print.
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    requestIdHeader: false,
    clientErrorHandler: answerClientError,
    // Whoever has a connection is served to the last, and is told to close it.
    return503OnClosing: false,
    // What is refused before any hook runs: a path that cannot be decoded, or is too long.
    frameworkErrors: (error, request, reply) =>
      void answerProblem(error, request, reply.header('x-request-id', request.id)),
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.server.headersTimeout = BODY_TIMEOUT_MS
  // An expectation that nobody knows may be ignored; Node would answer it, without a request id.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  limitSlowBodies(app, BODY_TIMEOUT_MS)
  app.decorateRequest('caller', 'anonymous')
  readJsonExactly(app)
  app.setValidatorCompiler(validateLazily())
  app.setSerializerCompiler(serializeLazily())
  app.setErrorHandler(answerProblem)
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  answerOtherMethods(app)
  negotiate(app)
  return app
}

/** Bodies are JSON. Bytes that are no UTF-8 would be read as U+FFFD, and what was sent would be lost in silence. */
function readJsonExactly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([JSON_TYPE, MERGE_PATCH], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (isUtf8(body)) void parse(request, body.toString('utf8'), done)
    else done(notUtf8())
  })
  // RFC 7396 says how a PATCH is read here, whichever of both it is called; nothing else is a patch.
  app.addHook('preParsing', async ({ method, headers }) => {
    if (method !== 'PATCH' && isMergePatch(headers['content-type'])) throw notAPatch()
  })
}

const isMergePatch = (type: string | undefined) => type?.split(';')[0]?.trim().toLowerCase() === MERGE_PATCH

const notAPatch = () =>
  new Problem('ctp-invalid-media-type', `${MERGE_PATCH} is for PATCH alone.`, {}, {}, 415)

const notUtf8 = () => new Problem('not-utf-8', 'The body must be UTF-8. Nothing of it was read.')
