import { randomBytes } from 'node:crypto'

const base36 = (value: number, width: number) => value.toString(36).padStart(width, '0').slice(-width)

let counter = 0

/**
 * A new row's id: 25 characters, `c`, then time, a counter and 16 random characters' worth of chance,
 * so that it looks like the ids that the original application made, and sorts by time.
 */
export function newId(now = Date.now()): string {
  counter = (counter + 1) % 36 ** 4
  const random = Array.from(randomBytes(12), (byte) => base36(byte % 36, 1)).join('')
  return `c${base36(now, 8)}${base36(counter, 4)}${random}`
}
