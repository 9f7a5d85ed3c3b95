/** How one operation answered. */
export interface Tally {
  requests: number
  byStatus: Map<number, number>
}

export const newTally = (): Tally => ({ requests: 0, byStatus: new Map() })

export function count(tally: Tally, status: number): void {
  tally.requests++
  tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1)
}

/** The share of the requests that were answered with a status of one of these hundreds. */
export const shareOf = ({ requests, byStatus }: Tally, ...hundreds: number[]): number =>
  [...byStatus].reduce(
    (sum, [status, times]) => sum + (hundreds.includes(Math.floor(status / 100)) ? times : 0),
    0,
  ) / requests

export const line = ({ requests, byStatus }: Tally): string => {
  const parts = [...byStatus].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`)
  return `${requests} requests, ${parts.join(', ')}`
}
