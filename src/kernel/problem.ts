import { problemTypes, type ProblemCode } from './problem-types.js'

/** One invalid part of an input. `path` is a JSON pointer into the body, `?name` for a query parameter, `:name` for a path parameter. */
export interface InputError {
  path: string
  message: string
}

/**
 * An expected refusal, answered as `application/problem+json` (RFC 9457).
 *
 * `code` is stable and is what clients compare; `detail` says what was asked, what is so, and what to
 * do next. `extra` holds further members of the problem document.
 */
export class Problem extends Error {
  readonly title: string
  readonly status: number

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    /** Response headers, lower case, such as `retry-after`. */
    readonly headers: Readonly<Record<string, string>> = {},
    /** Where it is not the usual one of the code. */
    status?: number,
  ) {
    super(`${code}: ${detail}`)
    this.name = 'Problem'
    const type = problemTypes[code]
    this.title = type.title
    this.status = status ?? type.statuses[0]
  }
}

export const notFound = (what: string, id: string): Problem =>
  new Problem('not-found', `There is no ${what} with the id "${id}".`)

const inputProblem = (status: 400 | 422, errors: readonly InputError[]): Problem =>
  new Problem(
    'invalid-input',
    errors.map(({ path, message }) => `${path} ${message}`).join('; '),
    { errors },
    {},
    status,
  )

/** Of a body, which is well formed but breaks a rule; nothing was written. */
export const invalidInput = (errors: readonly InputError[]): Problem => inputProblem(422, errors)

/** The same of what a body has no part in: the query, the path, a header. */
export const invalidRequest = (errors: readonly InputError[]): Problem => inputProblem(400, errors)

export const staleEtag = (what: string): Problem =>
  new Problem(
    'stale-etag',
    `The ${what} is no longer the one that If-Match names. Read it again and repeat the change.`,
  )

/** A unique key, or another rule about the state of the data, stands against the write. */
export const conflict = (
  code: ProblemCode,
  detail: string,
  extra: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Problem => new Problem(code, detail, extra, headers, 409)

export const databaseBusy = (): Problem =>
  new Problem(
    'database-busy',
    'Another writer held the database for more than five seconds. Nothing was written; try again.',
    {},
    { 'retry-after': '1' },
  )

export const readsBusy = (): Problem =>
  new Problem(
    'reads-busy',
    'Other reads that look at many rows are in progress, and this one did not end in time. Try again later.',
    {},
    { 'retry-after': '2' },
  )
