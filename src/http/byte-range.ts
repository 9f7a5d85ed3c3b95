import { Problem } from '../kernel/problem.js'

/** First and last byte, both inclusive. */
export interface ByteRange {
  start: number
  end: number
}

const unsatisfiable = (size: number) =>
  new Problem(
    'range-not-satisfiable',
    `The file has ${size} bytes: none of them is in the range that was asked for.`,
    {},
    { 'content-range': `bytes */${size}` },
  )

/**
 * The part of `size` bytes that a Range header asks for (RFC 9110, 14.2); undefined where it asks for the
 * whole, for several parts, or in a way that is to be ignored.
 *
 * @throws Problem `range-not-satisfiable`
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const isSuffix = first === ''
  const start = isSuffix ? Math.max(0, size - Number(last)) : Number(first)
  const end = isSuffix || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (!isSuffix && last !== '' && Number(last) < Number(first)) return undefined
  if (start > end) throw unsatisfiable(size)
  return { start, end }
}
