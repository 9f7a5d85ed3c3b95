import { Type, type Static, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'
import { problemTypes } from '../kernel/problem-types.js'

/** The schema as a component of the documents, under this name; the example must be one that it accepts. */
export const Named = <Schema extends TSchema>(name: string, schema: Schema, example: unknown): Schema => ({
  ...schema,
  title: name,
  examples: [example],
})

/** The example of a schema that has a name. */
export const exampleOf = ({ examples }: TSchema): object => (examples as object[])[0] ?? {}

/** A string of a closed set. A union of literals would give generated clients one-value enums. */
export const StringEnum = <const Values extends readonly string[]>(
  values: Values,
  options: { title?: string; description?: string; default?: Values[number] } = {},
) => Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })

export const Nullable = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({ anyOf: [schema, { type: 'null' }] })

/**
 * An instant: RFC 3339, UTC, milliseconds in an answer; a request may also give an offset, or a date
 * alone, which means midnight UTC. In handlers it is epoch milliseconds: see wire.ts.
 */
export type InstantText = string & { readonly __instant: never }

export const Instant = (options: { description?: string } = {}) =>
  Type.Unsafe<InstantText>({
    type: 'string',
    format: 'date-time',
    examples: ['2026-03-02T00:00:00.000Z'],
    ...options,
  })

/** In a query string: one of the set, or several as a parameter that is given again. */
export const SeveralOf = <const Values extends readonly string[]>(values: Values) =>
  Type.Array(StringEnum(values), { minItems: 1, maxItems: values.length, description: 'may be repeated' })

/** What a list can be searched for; letters match whatever their case. */
export const SearchText = (where: string) =>
  Type.String({ minLength: 1, maxLength: 200, description: `part of ${where}, in any case` })

/** A single line: a name, a code, an id of a parent. */
export const Line = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', ...options })

/** Free text: notes, descriptions. */
export const Text = () => Type.String({ maxLength: 1_000_000 })

export const Id = (description?: string) =>
  Type.String({ minLength: 1, maxLength: 100, ...(description === undefined ? {} : { description }) })

export const IdParams = Type.Object({ id: Id() })

/** An object that refuses fields which it does not name. */
export const Body = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** A PATCH body: every field may be left out, at least one must be there. */
export const PatchBody = <Schema extends TObject>(schema: Schema) =>
  Type.Partial(schema, { additionalProperties: false, minProperties: 1 })

export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: 'nextCursor of the page before' })),
}

/** For a list that has other orders than that of the ids. */
export const SortQuery = (sorts: readonly string[]) => ({
  sort: Type.Optional(StringEnum(sorts, { description: 'default: by id' })),
  order: Type.Optional(StringEnum(['asc', 'desc'], { description: 'default: asc' })),
})

/** Of a DELETE that may take completed work along. */
export const ForceQuery = Type.Object(
  { force: Type.Optional(Type.Boolean({ description: 'delete the completed work that is in it, too' })) },
  { additionalProperties: false },
)

/** @param item has a name and an example, and so has the page */
export const PageOf = <Item extends TSchema>(item: Item) =>
  Named(`${item.title}Page`, Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) }), {
    items: [exampleOf(item)],
    nextCursor: null,
  })

export const ProblemDocument = Named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ description: 'the page that says what the code means' }),
      title: Type.String(),
      status: Type.Integer(),
      code: StringEnum(Object.keys(problemTypes), {
        title: 'ProblemCode',
        description: 'stable; what clients compare',
      }),
      detail: Type.String({ description: 'what was asked, what is so, what to do next' }),
      instance: Type.Optional(Type.String({ description: 'the x-request-id of the request' })),
      errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
    },
    { additionalProperties: true },
  ),
  {
    type: '/docs/problems/not-found',
    title: problemTypes['not-found'].title,
    status: 404,
    code: 'not-found',
    detail: 'There is no supplier with the id "acme".',
    instance: 'f3b0c442-98fc-4c14-9afb-f4c8996fb924',
  },
)

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDocument } },
})

/** How refusals are written out, whatever their status. */
export const problemAnswers = { '4xx': problem('Refused'), '5xx': problem('Failed') }
