import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Problem, conflict, databaseBusy, invalidInput, invalidRequest } from '../kernel/problem.js'
import { isProblemCode, type ProblemCode } from '../kernel/problem-types.js'
import { inputErrors } from './validation.js'
import { asSqliteError } from '../db/database.js'

/** Turns every error into one problem document, and logs what was not expected, once. */
export function answerProblem(error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply) {
  const problem = asProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, problem.detail)
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(documentOf(problem, request.id))
}

export const documentOf = ({ code, title, status, detail, extra }: Problem, requestId: string) => ({
  type: `/docs/problems/${code}`,
  title,
  status,
  code,
  detail,
  instance: requestId,
  ...extra,
})

function asProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error
  const sqliteError = asSqliteError(error)
  if (sqliteError !== undefined) return asDatabaseProblem(sqliteError)
  if (error.validation !== undefined) return asInputProblem(error)
  const status = error.statusCode ?? 500
  if (status >= 500) return unexpected()
  return new Problem(problemCode(error), error.message, {}, {}, status)
}

/** Fastify's own refusals: FST_ERR_CTP_INVALID_MEDIA_TYPE is `ctp-invalid-media-type`. */
function problemCode(error: FastifyError): ProblemCode {
  // Not every error that has a status has a code: plugins throw what they like.
  const name = /^FST_ERR_(\w+)$/.exec(error.code)?.[1] ?? ''
  const code = name.toLowerCase().replaceAll('_', '-')
  return isProblemCode(code) ? code : 'bad-request'
}

const unexpected = () =>
  new Problem('internal', 'This is a defect of the service. The log names it under the request id.')

function asInputProblem(error: FastifyError): Problem {
  const place = places[error.validationContext ?? 'body']
  const errors = inputErrors(error.validation ?? [], place)
  return error.validationContext === 'body' ? invalidInput(errors) : invalidRequest(errors)
}

/** How clients see where something is wrong: a JSON pointer, `?name`, `:name`. */
const places = {
  body: (pointer: string) => (pointer === '' ? '/' : pointer),
  headers: (pointer: string) => pointer,
  params: (pointer: string) => `:${pointer.slice(1)}`,
  querystring: (pointer: string) => `?${pointer.slice(1)}`,
}

function asDatabaseProblem(error: { code: string; message: string }): Problem {
  if (error.code.startsWith('SQLITE_BUSY')) return databaseBusy()
  if (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return conflict('already-exists', `Another row has the same ${constrainedColumns(error)}.`)
  if (error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY')
    return conflict('missing-parent', 'The write names a row that does not exist, or that others depend on.')
  return error.code === 'SQLITE_FULL'
    ? new Problem('disk-full', 'There is no space left for the database. Nothing was written.')
    : unexpected()
}

/** `UNIQUE constraint failed: suppliers.name` → `name`; `…: index 'v2_tasks_name_key'` → `name` */
const constrainedColumns = (error: { message: string }) =>
  error.message
    .slice(error.message.indexOf(':') + 2)
    .replaceAll(/\w+\./g, '')
    .replace(/^index '\w+_([^_]+)_key'$/, '$1')
