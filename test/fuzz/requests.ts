import fc, { type Arbitrary } from 'fast-check'
import * as hostile from './hostile.js'
import type { Operation, Parameter } from './operations.js'
import { optional, valueOf, type Source } from './values.js'

/** A request before it is written out. */
export interface Draft {
  /** By the names of the path's parameters, ready for the address. */
  path: Record<string, string>
  /** `name=value`, ready for the address. */
  query: string[]
  headers: Record<string, string>
  body: unknown
  /** Sent in place of the body. */
  raw?: string | Buffer
}

/** Requests that an operation accepts, as far as its document can tell. */
export function validDrafts({ parameters, body }: Operation, source: Source): Arbitrary<Draft> {
  const values = (place: Parameter['in']) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one.in === place)
          .map(({ name, required = false, schema }) => [
            name,
            optional(required, parameterOf(name, schema, source)),
          ]),
      ),
    )
  const typed = body?.type === 'application/json'
  return fc
    .record({
      path: values('path'),
      query: values('query'),
      headers: values('header'),
      body: typed ? valueOf(body.schema, '', source) : fc.constant(undefined),
    })
    .map(({ path, query, headers, body }) => ({
      path: Object.fromEntries(
        Object.entries(path).map(([name, value]) => [name, hostile.encodeWhole(asText(value))]),
      ),
      query: Object.entries(query).flatMap(([name, value]) => pairs(name, value)),
      headers: Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, asText(value)]],
        ),
      ),
      body,
    }))
}

function parameterOf(name: string, schema: Parameter['schema'], source: Source): Arbitrary<unknown> {
  // A cursor comes out of a list, and an ETag out of an answer: the first page, and any state, are valid.
  if (name === 'cursor' || name === 'if-match') return fc.constant(undefined)
  if (name === 'idempotency-key') return fc.uuid()
  if (name === 'last-event-id') return fc.nat(100).map(String)
  return valueOf(schema, name, source)
}

/** Parameters are text, or numbers and truth values, which look the same as text. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const pairs = (name: string, value: unknown): string[] =>
  value === undefined ? [] : [value].flat().map((one) => `${name}=${hostile.encodeWhole(asText(one))}`)

export type Role = 'right' | 'none' | 'wrong'

export interface Attempt {
  draft: Draft
  role: Role
}

type Spoil = (draft: Draft, operation: Operation) => Arbitrary<Draft>

/** Only where there is a body to spoil, or a write that reads one; else something about the address. */
const ofBodies =
  (spoil: Spoil): Spoil =>
  (draft, operation) =>
    operation.method === 'GET' ? mutated(draft, operation) : spoil(draft, operation)

/** What is done to a valid request, and how often. */
const spoils: readonly { weight: number; spoil: Spoil }[] = [
  { weight: 50, spoil: (draft) => fc.constant(draft) },
  { weight: 22, spoil: mutated },
  { weight: 8, spoil: ofBodies((draft) => hostile.junkBody.map((raw) => ({ ...draft, raw }))) },
  {
    weight: 5,
    spoil: ofBodies((draft) => hostile.wrongType.map((type) => withHeaders(draft, { 'content-type': type }))),
  },
  { weight: 7, spoil: (draft) => hostile.hostileHeaders.map((headers) => withHeaders(draft, headers)) },
  { weight: 4, spoil: (draft) => hostile.anyCursor.map((cursor) => withQuery(draft, `cursor=${cursor}`)) },
  {
    weight: 4,
    spoil: (draft) =>
      hostile.anyTag.map((tag) => withHeaders(draft, { 'if-match': tag, 'if-none-match': tag })),
  },
]

const withHeaders = (draft: Draft, headers: Record<string, string>): Draft => ({
  ...draft,
  headers: { ...draft.headers, ...headers },
})
const withQuery = (draft: Draft, pair: string): Draft => ({
  ...draft,
  query: [...draft.query.filter((one) => one.split('=')[0] !== pair.split('=')[0]), pair],
})

/** One thing about it is not as it was. */
function mutated(draft: Draft, { parameters }: Operation): Arbitrary<Draft> {
  const { path, body } = draft
  const takesNoQuery = !parameters.some((one) => one.in === 'query') && Object.keys(path).length > 0
  const choices = takesNoQuery ? [] : [hostile.wrongQuery.map((pair) => withQuery(draft, pair))]
  for (const name of Object.keys(path))
    choices.push(hostile.wrongSegment.map((segment) => ({ ...draft, path: { ...path, [name]: segment } })))
  if (typeof body === 'object' && body !== null)
    for (const field of [...Object.keys(body), 'unknown']) {
      const { [field]: _, ...others } = body as Record<string, unknown>
      choices.push(fc.constant({ ...draft, body: others }))
      choices.push(hostile.wrongValue.map((value) => ({ ...draft, body: { ...body, [field]: value } })))
    }
  return fc.oneof(...choices)
}

/** @param finish makes of a valid draft one that the state of the database allows, too */
export function attempts(
  operation: Operation,
  source: Source,
  finish: (draft: Draft, chance: number) => Draft,
): Arbitrary<Attempt> {
  const valid = fc
    .tuple(validDrafts(operation, source), fc.noBias(fc.nat()))
    .map(([draft, chance]) => finish(draft, chance))
  const spoil = fc.oneof(...spoils.map(({ weight, spoil }) => ({ weight, arbitrary: fc.constant(spoil) })))
  const draft = fc.tuple(valid, spoil).chain(([draft, spoil]) => spoil(draft, operation))
  // What asks for nothing can only be asked by the wrong caller.
  const strangers = operation.parameters.length === 0 && operation.body === undefined ? 20 : 6
  const role = fc.oneof(
    { weight: 100 - 2 * strangers, arbitrary: fc.constant<Role>('right') },
    { weight: strangers, arbitrary: fc.constant<Role>('none') },
    { weight: strangers, arbitrary: fc.constant<Role>('wrong') },
  )
  return fc.record({ draft, role })
}
