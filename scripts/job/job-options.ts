import type { TObject, TSchema } from '@sinclair/typebox'
import type { ParseArgsConfig } from 'node:util'
import { wrongUsage } from '../terminal.js'

/** What a job may be asked for, as its own schema says: a flag for each option. */
type Flags = NonNullable<ParseArgsConfig['options']>

/** Said by the script itself: typing it says as much as `--yes`. */
const hidden = new Set(['confirm'])

const optionsOf = ({ properties }: TObject): [string, TSchema][] =>
  Object.entries(properties).filter(([name]) => !hidden.has(name))

const isFlag = ({ type, anyOf }: TSchema) => type === 'boolean' && anyOf === undefined

const flagOf = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A boolean that is on by default is switched off by `--no-…`. */
const isOn = (schema: TSchema) => isFlag(schema) && schema.default === true

export const flagsOf = (schema: TObject): Flags =>
  Object.fromEntries(
    optionsOf(schema).map(([name, property]) => [
      isOn(property) ? `no-${flagOf(name)}` : flagOf(name),
      { type: isFlag(property) ? 'boolean' : 'string' },
    ]),
  )

const WIDTH = 28

/** A line for each, for `--help`. */
export const helpOf = (schema: TObject): string =>
  optionsOf(schema)
    .map(([name, property]) => {
      const flag = isOn(property) ? `--no-${flagOf(name)}` : `--${flagOf(name)}${valueOf(property)}`
      return `  ${flag.padEnd(WIDTH)} ${aboutOf(name, property)}`.trimEnd()
    })
    .join('\n')

function valueOf(schema: TSchema): string {
  if (isFlag(schema)) return ''
  if (Array.isArray(schema.enum)) return ` ${schema.enum.join('|')}`
  return { integer: ' N', number: ' N', string: ' TEXT' }[String(schema.type)] ?? ' JSON'
}

function aboutOf(name: string, schema: TSchema): string {
  const { description = `the option ${name}` } = schema
  const usual = schema.default === undefined || isFlag(schema) ? '' : ` (${String(schema.default)})`
  return `${isOn(schema) ? 'not: ' : ''}${description}${usual}`
}

/** The options as a request would give them; the job's schema says what is wrong with them. */
export function readOptions(
  schema: TObject,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, property] of optionsOf(schema)) {
    const flag = flagOf(name)
    if (values[`no-${flag}`] === true) given[name] = false
    const value = values[flag]
    if (value !== undefined) given[name] = typeof value === 'string' ? asValue(flag, property, value) : value
  }
  return given
}

function asValue(flag: string, schema: TSchema, text: string): unknown {
  const type: unknown = schema.type
  if (type === 'string' || schema.enum !== undefined) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw wrongUsage(
      `--${flag} is ${type === 'object' || type === 'array' ? 'JSON' : 'a number'}, not "${text}".`,
    )
  }
}
