import fc, { type Arbitrary } from 'fast-check'
import type { Schema } from './operations.js'

/** Where values come from that only the database knows. */
export interface Source {
  resolve: (schema: Schema) => Schema
  /** Ids of rows that a field or parameter of this name can mean; none: it means no row. */
  ids: (name: string) => readonly string[]
}

const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2024, 0, 1)

const words = [
  'Falcon',
  'Gage R&R',
  'Prüfung 検査',
  '=1+1',
  '"quoted", text',
  "O'Neill; --",
  '🔧 tool',
  'a\u0301',
]

/** Values that the schema accepts; ids are those of rows that are there, so that many requests succeed. */
export function valueOf(given: Schema, name: string, source: Source): Arbitrary<unknown> {
  const schema = source.resolve(given)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined)
    return fc.oneof(
      ...schema.anyOf.map((one) => ({ weight: isNull(one) ? 1 : 4, arbitrary: valueOf(one, name, source) })),
    )
  return (byType[schema.type ?? 'any'] ?? anything)(schema, name, source)
}

const isNull = ({ type }: Schema) => type === 'null'

type Make = (schema: Schema, name: string, source: Source) => Arbitrary<unknown>

const anything: Make = () => fc.jsonValue({ maxDepth: 2 })

const byType: Record<string, Make> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  // Far moves of dates leave the years that are allowed: near ones are the rule.
  integer: ({ minimum = -60, maximum = 60 }) =>
    fc.integer({ min: Math.max(minimum, -60), max: Math.min(maximum, Math.max(60, minimum)) }),
  number: ({ minimum = -60, maximum = 60 }) =>
    fc.double({ min: minimum, max: Math.min(maximum, 60), noNaN: true }),
  string: textOf,
  array: ({ items = {}, minItems = 0, maxItems = 3 }, name, source) => {
    const sizes = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 3)) }
    return fc.uniqueArray(valueOf(items, name.replace(/s$/, ''), source), {
      ...sizes,
      selector: (value) => JSON.stringify(value),
    })
  },
  object: ({ properties = {}, required = [], minProperties = 0 }, _name, source) =>
    fc
      .record(
        Object.fromEntries(
          Object.entries(properties).map(([field, schema]) => [
            field,
            optional(required.includes(field), valueOf(schema, field, source)),
          ]),
        ),
      )
      .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)))
      .filter((made) => Object.keys(made).length >= minProperties),
}

/** Left out two times in three: rules that bind fields to each other are many. */
export const optional = (isRequired: boolean, arbitrary: Arbitrary<unknown>): Arbitrary<unknown> =>
  isRequired
    ? arbitrary
    : fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

function textOf({ format, minLength = 0, maxLength = 200 }: Schema, name: string, { ids }: Source) {
  if (format === 'date-time') return fc.integer({ min: 0, max: 1500 }).map(instant)
  const rows = ids(name)
  if (rows.length > 0) return fc.noBias(fc.constantFrom(...rows))
  const line = fc.tuple(fc.constantFrom(...words), fc.nat(1e9)).map((parts) => parts.join(' '))
  const short = line.map((text) => text.slice(0, maxLength))
  return minLength > 0
    ? short
    : fc.oneof({ weight: 5, arbitrary: short }, { weight: 1, arbitrary: fc.constant('') })
}

const instant = (days: number) => {
  const text = new Date(FIRST_DAY + days * DAY_MS).toISOString()
  return days % 3 === 0 ? text.slice(0, 10) : days % 3 === 1 ? text : text.replace('.000Z', '+02:00')
}
