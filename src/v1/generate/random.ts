/** Numbers from 0 up to but not including 1; the same ones for a seed, on every machine. */
export type Random = () => number

/** mulberry32 */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const chance = (random: Random, probability: number): boolean => random() < probability

/** A whole number, both ends included. */
export const integer = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

export function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[integer(random, 0, list.length - 1)]
  if (item === undefined) throw new RangeError('There is nothing to pick from')
  return item
}

/** @param weighted values with their shares, which add up to 1 */
export function pickWeighted<T>(random: Random, weighted: readonly (readonly [T, number])[]): T {
  let left = random()
  for (const [value, share] of weighted) if ((left -= share) < 0) return value
  return pick(random, weighted)[0]
}

/** `count` different items, in the order of the list. */
export function sample<T>(random: Random, list: readonly T[], count: number): T[] {
  let wanted = count
  return list.filter((_, index) => {
    const taken = chance(random, wanted / (list.length - index))
    if (taken) wanted -= 1
    return taken
  })
}

/** Lower-case hexadecimal digits. */
export const hexDigits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => integer(random, 0, 15).toString(16)).join('')

const base36 = (value: number, width: number) => value.toString(36).padStart(width, '0')

/** Ids as cuid makes them: `c`, the instant, a counter, the machine, chance; 25 characters. */
export function seededIds(random: Random): (at: number) => string {
  let counter = -1
  const chars = () => base36(integer(random, 0, 36 ** 4 - 1), 4)
  return (at) => {
    counter = (counter + 1) % 36 ** 4
    return `c${base36(at, 8)}${base36(counter, 4)}ni8c${chars()}${chars()}`
  }
}
