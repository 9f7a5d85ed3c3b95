import type { Violation } from './validation.js'

/** Deeper than anything that is meant, and shallow enough for every recursion over a body. */
const MAX_DEPTH = 32

const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * What in a body the database could not give back as it came: text that is not well-formed Unicode would
 * come back changed, and other programs read text up to its first NUL.
 */
export function textErrors(value: unknown, pointer = '', depth = 0): Violation[] {
  if (typeof value === 'string') return wrongIn(value).map((message) => violation(pointer, message))
  if (typeof value !== 'object' || value === null) return []
  if (depth === MAX_DEPTH) return [violation(pointer, `must not nest deeper than ${MAX_DEPTH} levels`)]
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${pointer}/${escaped(name)}`
    const inName = wrongIn(name).map((message) => violation(at, `${message} in its name`))
    return [...inName, ...textErrors(inner, at, depth + 1)]
  })
}

const wrongIn = (text: string): string[] => [
  ...(LONE_SURROGATE.test(text) ? ['must not have half a surrogate pair: it is no Unicode character'] : []),
  ...(text.includes('\0') ? ['must not have a NUL character'] : []),
]

const violation = (instancePath: string, message: string): Violation => ({
  instancePath,
  params: {},
  message,
})

/** A name in a JSON pointer (RFC 6901). */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
