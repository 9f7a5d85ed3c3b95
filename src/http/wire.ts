import { Kind, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { formatInstant, parseInstant } from '../kernel/instant.js'
import type { InstantText } from './schemas.js'

/** A wire object as it stands in the database: instants as epoch milliseconds, booleans as 0/1. */
export type Stored<Wire> = { [Name in keyof Wire]: StoredValue<Wire[Name]> }
type StoredValue<Value> = Value extends InstantText ? number : Value extends boolean ? 0 | 1 : Value

/** The row as its schema says: fields that the schema does not name are left out. */
export function toWire<Item extends TObject>(schema: Item, row: object): Static<Item> {
  const values = new Map(Object.entries(row))
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name]) => values.has(name))
      .map(([name, property]) => [name, valueToWire(property, values.get(name))]),
  )
}

/** A v1 file may have bytes where text belongs, and text or a fraction where a whole number does. */
function valueToWire(schema: TSchema, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (isInteger(schema) && !Number.isInteger(value)) return null
  if (typeof value !== 'number') return value
  if (isInstant(schema)) return formatInstant(value)
  return isBoolean(schema) ? value !== 0 : value
}

/** One instant for an answer that no row stands behind. */
export function instantText(ms: number): InstantText
export function instantText(ms: number | null): InstantText | null
export function instantText(ms: number | null): InstantText | null {
  return ms === null ? null : (formatInstant(ms) as InstantText)
}

/** A body that its schema accepted, as it goes into the database. */
export function fromWire<Schema extends TObject>(
  schema: Schema,
  body: Static<Schema>,
): Stored<Static<Schema>> {
  return Object.fromEntries(
    Object.entries(body as Record<string, unknown>).map(([name, value]) => [
      name,
      valueFromWire(schema.properties[name], value),
    ]),
  ) as Stored<Static<Schema>>
}

function valueFromWire(schema: TSchema | undefined, value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' && schema !== undefined && isInstant(schema) ? parseInstant(value) : value
}

const alternatives = (schema: TSchema): TSchema[] =>
  Array.isArray(schema.anyOf) ? (schema.anyOf as TSchema[]) : [schema]

const isInstant = (schema: TSchema): boolean => alternatives(schema).some((one) => one.format === 'date-time')
const isInteger = (schema: TSchema): boolean => alternatives(schema).some((one) => one.type === 'integer')
const isBoolean = (schema: TSchema): boolean =>
  alternatives(schema).some((one) => one[Kind] === 'Boolean' || one.type === 'boolean')
