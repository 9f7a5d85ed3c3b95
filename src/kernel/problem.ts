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
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    /** Response headers, lower case, such as `retry-after`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${detail}`)
    this.name = 'Problem'
  }
}

export const notFound = (what: string, id: string): Problem =>
  new Problem(404, 'not-found', 'Not found', `There is no ${what} with the id "${id}".`)

const inputProblem = (status: 400 | 422, errors: readonly InputError[]): Problem =>
  new Problem(
    status,
    'invalid-input',
    'Invalid input',
    errors.map(({ path, message }) => `${path} ${message}`).join('; '),
    { errors },
  )

/** Of a body, which is well formed but breaks a rule; nothing was written. */
export const invalidInput = (errors: readonly InputError[]): Problem => inputProblem(422, errors)

/** The same of what a body has no part in: the query, the path, a header. */
export const invalidRequest = (errors: readonly InputError[]): Problem => inputProblem(400, errors)

export const staleEtag = (what: string): Problem =>
  new Problem(
    412,
    'stale-etag',
    'The item has changed',
    `The ${what} is no longer the one that If-Match names. Read it again and repeat the change.`,
  )

/** A unique key, or another rule about the state of the data, stands against the write. */
export const conflict = (
  code: string,
  detail: string,
  extra: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Problem => new Problem(409, code, 'Conflict', detail, extra, headers)

export const databaseBusy = (): Problem =>
  new Problem(
    503,
    'database-busy',
    'The database is busy',
    'Another writer held the database for more than five seconds. Nothing was written; try again.',
    {},
    { 'retry-after': '1' },
  )

export const readsBusy = (): Problem =>
  new Problem(
    503,
    'reads-busy',
    'Too many long reads',
    'Other reads that look at many rows are in progress, and this one did not end in time. Try again later.',
    {},
    { 'retry-after': '2' },
  )
