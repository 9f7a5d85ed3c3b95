import { thousands } from '../terminal.js'
import type { Quantiles, Summary } from './latency-report.js'

/** What the service promises. Times are in milliseconds. */
const LATER_P99_MS = 20
const LONGEST_STALL_MS = 200
const ROWS_PER_SECOND = { loaded: 5_000, alone: 60_000 }
const WAL_MB = { loaded: 100, alone: 64 }

export interface Check {
  title: string
  expected: string
  actual: string
  ok: boolean
}

/** @param kinds all reads together, and all writes: of a single kind there are too few */
export function checksOf(
  kinds: readonly { kind: string; idle: Quantiles; migrating: Quantiles }[],
  { loaded, alone }: { loaded: Summary; alone: Summary },
  failures: number,
): Check[] {
  const atMost = (title: string, actual: number, limit: number, unit: string) => ({
    title,
    expected: `at most ${thousands(limit)} ${unit}`,
    actual: `${actual.toFixed(1)} ${unit}`,
    ok: actual <= limit,
  })
  const atLeast = (title: string, actual: number, limit: number) => ({
    title,
    expected: `at least ${thousands(limit)} rows/s`,
    actual: `${thousands(actual)} rows/s`,
    ok: actual >= limit,
  })
  return [
    atMost('failed requests', failures, 0, ''),
    ...kinds.map(({ kind, idle, migrating }) =>
      atMost(`${kind}, p99 above idle`, migrating.p99 - idle.p99, LATER_P99_MS, 'ms'),
    ),
    atMost('longest request but a dashboard', loaded.longestWaitMs, LONGEST_STALL_MS, 'ms'),
    atMost('longest event-loop delay', loaded.longestDelayMs, LONGEST_STALL_MS, 'ms'),
    atLeast('backfill under load', loaded.rowsPerSecond, ROWS_PER_SECOND.loaded),
    atLeast('backfill without load', alone.rowsPerSecond, ROWS_PER_SECOND.alone),
    atMost('WAL peak under load', loaded.walPeakMb, WAL_MB.loaded, 'MB'),
    atMost('WAL peak without load', alone.walPeakMb, WAL_MB.alone, 'MB'),
  ]
}
