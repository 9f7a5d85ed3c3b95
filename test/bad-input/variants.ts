import type { Schema } from './served.js'

/** A body that has to be refused at `path`. */
export interface BadBody {
  what: string
  body: unknown
  path: string
}

type Json = Record<string, unknown>

const UNWELL = { 'half a surrogate pair': 'a\ud800b', 'a NUL': 'a\0b' }
/** Ids are the only text of this length that may be blank. */
const ID_LENGTH = 100

const NO_DATES = [
  '2026-02-30',
  '2026-13-01',
  '2026-03-01T24:00:00Z',
  '2026-03-01T00:00:00',
  'soon',
  '1899-01-01',
  '',
]

/** Every way in which a good body is made a bad one, one at a time. */
export function badBodies(schema: Schema, good: unknown): BadBody[] {
  return spoiled(schema, good, '').map(({ what, body, path }) => ({
    what: `${what} at ${path === '' ? '/' : path}`,
    body,
    path: path === '' ? '/' : path,
  }))
}

/** The value spoiled, here and in its parts. */
function spoiled(schema: Schema, good: unknown, path: string): BadBody[] {
  const here = wrongValues(schema, good).map(([what, body]): BadBody => ({ what, body, path }))
  if (Array.isArray(good)) return [...here, ...inItems(schema, good, path)]
  return typeof good === 'object' && good !== null ? [...here, ...inFields(schema, good as Json, path)] : here
}

const inItems = (schema: Schema, good: unknown[], path: string) =>
  good.flatMap((item, index) =>
    spoiled(typed(schema).items ?? {}, item, `${path}/${index}`).map((bad) => ({
      ...bad,
      body: good.with(index, bad.body),
    })),
  )

function inFields(schema: Schema, good: Json, path: string): BadBody[] {
  const { properties = {}, required = [], additionalProperties } = typed(schema)
  const within = Object.entries(good).flatMap(([name, value]) =>
    spoiled(properties[name] ?? {}, value, `${path}/${name}`).map((bad) => ({
      ...bad,
      body: { ...good, [name]: bad.body },
    })),
  )
  const lacking = required.map((name) => {
    const { [name]: _, ...rest } = good
    return { what: 'a missing field', body: rest, path: `${path}/${name}` }
  })
  const unknown = { what: 'an unknown field', body: { ...good, nmae: 'x' }, path: `${path}/nmae` }
  const odd = { what: 'a NUL in a name', body: { ...good, 'a\0b': 'x' }, path: `${path}/a\0b` }
  return [...within, ...lacking, ...(additionalProperties === false ? [unknown] : []), odd]
}

/** A nullable schema without its null. */
const typed = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema

const isNullable = (schema: Schema) => schema.anyOf?.some(({ type }) => type === 'null') === true

function wrongValues(schema: Schema, good: unknown): [string, unknown][] {
  const { type, minProperties } = typed(schema)
  const wrong: [string, unknown][] = []
  if (type !== undefined) wrong.push(...wrongTypes(type))
  if (type !== undefined && !isNullable(schema)) wrong.push(['null', null])
  if (minProperties !== undefined) wrong.push(['an empty object', {}])
  if (typeof good === 'string') wrong.push(...wrongText(typed(schema)))
  if (typeof good === 'number') wrong.push(...wrongNumbers(typed(schema)))
  if (Array.isArray(good)) wrong.push(...wrongArrays(typed(schema), good))
  return wrong
}

const samples = { string: 'true', integer: 1, boolean: true, array: [], object: {} }

const wrongTypes = (type: string): [string, unknown][] =>
  Object.entries(samples)
    .filter(([name]) => name !== type)
    .map(([name, value]) => [`${name} for ${type}`, value])

const wrongText = ({ maxLength, minLength, pattern, format, enum: values }: Schema): [string, unknown][] => [
  ...Object.entries(UNWELL),
  ...(values === undefined ? [] : [['another word', 'someday'] as [string, unknown]]),
  ...(format === 'date-time' ? NO_DATES.map((date): [string, unknown] => [`the date "${date}"`, date]) : []),
  ...(minLength === undefined ? [] : [['nothing', ''] as [string, unknown]]),
  ...(pattern === undefined ? [] : [['blanks', ' \t'] as [string, unknown]]),
  ...(maxLength === ID_LENGTH && pattern === undefined
    ? [['the id of nothing', 'none'] as [string, unknown]]
    : []),
  ...(maxLength === undefined ? [] : [['too much', 'x'.repeat(maxLength + 1)] as [string, unknown]]),
]

const wrongNumbers = ({ maximum }: Schema): [string, unknown][] => [
  ['a fraction', 0.5],
  ['more than any number of days', 1e300],
  ...(maximum === undefined ? [] : [['too much', maximum + 1] as [string, unknown]]),
]

const wrongArrays = ({ maxItems }: Schema, good: unknown[]): [string, unknown][] =>
  maxItems === undefined
    ? []
    : [['too many', Array.from({ length: maxItems + 1 }, () => good[0] ?? 'x')] as [string, unknown]]
