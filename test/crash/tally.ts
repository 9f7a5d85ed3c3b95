/** How many kills hit what: named points, and the phases that the journal says the others were in. */
export interface Tally {
  kills: number
  points: Map<string, number>
  phases: Map<string, number>
  /** From the moment a server listens to the moment it takes over a killed one's job. */
  goOnMs: number[]
  killedAt: (point: string) => void
  killedIn: (phase: string) => void
}

export function createTally(): Tally {
  const points = new Map<string, number>()
  const phases = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  const tally: Tally = {
    kills: 0,
    points,
    phases,
    goOnMs: [],
    killedAt(point) {
      count(points, point)
      tally.killedIn(point.replace('dry run, ', '').replace(/:.*/, ''))
    },
    killedIn(phase) {
      tally.kills++
      count(phases, phase)
    },
  }
  return tally
}

/** Lines for a person. */
export function tallyLines({ kills, points, phases, goOnMs }: Tally): string[] {
  const sorted = goOnMs.toSorted((a, b) => a - b)
  const at = (part: number) => Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0)
  return [
    `${kills} kills: ${[...phases].map(([phase, times]) => `${phase} ${times}`).join(', ')}`,
    ...[...points].map(([point, times]) => `  ${String(times).padStart(3)} × ${point}`),
    `${sorted.length} jobs were taken over, ${at(0)}–${at(1)} ms after the start (median ${at(0.5)} ms)`,
  ]
}
