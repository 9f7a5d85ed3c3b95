import { Problem } from '../kernel/problem.js'
import { problemTypes, type ProblemCode, type ProblemType } from '../kernel/problem-types.js'
import { documentOf } from './problem-handler.js'
import { ProblemDocument } from './schemas.js'

export interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: Record<string, unknown>
  [member: string]: unknown
}

export interface Operation {
  parameters?: Parameter[]
  requestBody?: unknown
  responses: Record<string, { description?: string; content?: Record<string, object> }>
  /** What the route can be refused with besides what all can; not in the document. */
  'x-problems'?: readonly number[]
  /** Whether it may be asked without a body; not in the document. */
  'x-body-optional'?: boolean
  /** Whether its answer is an item with an ETag; not in the document. */
  'x-etag'?: boolean
  [member: string]: unknown
}

const names: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  416: 'RangeNotSatisfiable',
  422: 'UnprocessableContent',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
  507: 'InsufficientStorage',
}

/** The statuses with which an operation can be refused, each with its answer. */
export function problemsOf(
  method: string,
  { parameters = [], requestBody }: Operation,
  own: readonly number[],
): [string, { $ref: string }][] {
  const writes = method !== 'get'
  const hasBody = requestBody !== undefined
  const isIn = (place: string) => parameters.some((one) => one.in === place)
  const has = (name: string) => parameters.some((one) => one.name === name)
  const statuses = [
    ...[400, 401, 406, 500, 503],
    ...own,
    ...(isIn('path') ? [404] : []),
    ...(writes ? [409, 507] : []),
    ...(has('if-match') ? [412] : []),
    // A body is read, and can be refused, where none is asked for, too.
    ...(writes ? [413, 415] : []),
    ...(hasBody || has('idempotency-key') ? [422] : []),
  ]
  return [...new Set(statuses)]
    .sort((a, b) => a - b)
    .map((status) => [String(status), { $ref: `#/components/responses/${names[status]}` }])
}

/** The answers that some operation refers to. */
export function problemResponses(paths: Record<string, Record<string, Operation>>): Record<string, unknown> {
  const used = new Set(
    Object.values(paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ responses }) => Object.keys(responses).map(Number)),
    ),
  )
  return Object.fromEntries(
    Object.entries(names)
      .filter(([status]) => used.has(Number(status)))
      .map(([status, name]) => [name, problemResponse(Number(status))]),
  )
}

const EXAMPLE_REQUEST = 'f3b0c442-98fc-4c14-9afb-f4c8996fb924'

const types: [string, ProblemType][] = Object.entries(problemTypes)

const retryAfter = {
  description: 'Seconds to wait',
  required: true,
  schema: { type: 'integer', minimum: 0 },
}

function problemResponse(status: number) {
  const found = types.filter(([, { statuses }]) => statuses.includes(status))
  const examples = found.map(([code, { meaning }]) => {
    const problem = new Problem(code as ProblemCode, meaning, {}, {}, status)
    return [code, { value: documentOf(problem, EXAMPLE_REQUEST) }] as const
  })
  return {
    description: `Refused: ${found.map(([code]) => `\`${code}\``).join(', ')}`,
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(status === 503 ? { 'retry-after': retryAfter } : {}),
    },
    content: {
      'application/problem+json': { schema: ProblemDocument, examples: Object.fromEntries(examples) },
    },
  }
}
