import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../kernel/problem.js'
import { answerProblem } from './problem-handler.js'
import type { App } from './type-provider.js'

/** A route's path as it is asked for, and the methods that it answers. */
interface Place {
  pattern: RegExp
  methods: Set<string>
}

/**
 * What no route answers: OPTIONS with the methods of its path, another method with 405, and a path that is
 * none with 404. Call before the routes.
 */
export function answerOtherMethods(app: App): void {
  const places = new Map<string, Place>()
  app.addHook('onRoute', ({ url, method }) => {
    const place = places.get(url) ?? { pattern: patternOf(url), methods: new Set(['OPTIONS']) }
    for (const one of [method].flat()) place.methods.add(one)
    places.set(url, place)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const methods = [...places.values()].find(({ pattern }) => pattern.test(path))?.methods
    if (methods === undefined) return answerNoRoute(request, reply, path)
    void reply.header('allow', [...methods].sort().join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    const detail = `${path} has no ${request.method}. The header Allow says what it has.`
    return answerProblem(new Problem('method-not-allowed', detail), request, reply)
  })
}

function answerNoRoute(request: FastifyRequest, reply: FastifyReply, path: string) {
  const detail = `There is no ${request.method} ${path}. See /docs.`
  return answerProblem(new Problem('no-such-route', detail), request, reply)
}

/** `/v2/tasks/:id` → any one segment for `:id`; `*` for any rest. */
const patternOf = (url: string) =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*'),
      )
      .join('/')}$`,
  )
