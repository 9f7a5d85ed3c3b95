import { textTable } from '../demo/text-table.js'
import type { Outcome } from '../terminal.js'
import { checksOf } from './latency-checks.js'
import type { LatencyOptions, Measured } from './latency.js'
import type { Answered } from './load.js'
import type { Span } from './job.js'
import { DASHBOARD, READS, WRITES } from './requests.js'

export interface Quantiles {
  requests: number
  p50: number
  p95: number
  p99: number
  max: number
}

/** Prints nothing: figures as tables for people, and whole for machines. */
export function asOutcome(options: LatencyOptions, loaded: Measured, alone: Measured): Outcome {
  const idle = loaded.idle ?? { from: 0, to: 0 }
  const kinds = [...READS, ...WRITES, DASHBOARD, 'all reads', 'all writes'].map((kind) => ({
    kind,
    idle: quantiles(ofKind(kind, loaded.answered, idle)),
    migrating: quantiles(ofKind(kind, loaded.answered, loaded.migration)),
  }))
  const runs = { loaded: summary(loaded), alone: summary(alone) }
  const failures = loaded.answered.flatMap(({ failure }) => failure ?? [])
  const checks = checksOf(
    kinds.filter(({ kind }) => kind in groups),
    runs,
    failures.length,
  )
  return {
    ok: checks.every(({ ok }) => ok),
    json: { options, kinds, runs, failures: failures.slice(0, 20), checks },
    lines: [
      ...latencyTable(kinds),
      '',
      ...runTable(runs),
      '',
      ...phaseTable({ loaded, alone }),
      '',
      ...failures.slice(0, 5),
      ...checks.map(
        ({ ok, title, actual, expected }) => `${ok ? 'pass' : 'FAIL'}  ${title}: ${actual} (${expected})`,
      ),
    ],
  }
}

/** Kinds of requests that are looked at together. */
const groups: Readonly<Record<string, readonly string[]>> = { 'all reads': READS, 'all writes': WRITES }

const within = ({ from, to }: Span, at: number) => at >= from && at < to

const ofKind = (kind: string, answered: readonly Answered[], span: Span) =>
  answered
    .filter((one) => (groups[kind] ?? [kind]).includes(one.kind) && within(span, one.at))
    .map(({ ms }) => ms)

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? 0
  return { requests: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

export type Summary = ReturnType<typeof summary>

function summary({ migration, idle, answered, probes, walSizes }: Measured) {
  const delays = (span: Span) => probes.filter(({ at }) => within(span, at)).map(({ delayMs }) => delayMs)
  const waits = answered.filter(({ kind, at }) => kind !== DASHBOARD && within(migration, at))
  return {
    seconds: (migration.to - migration.from) / 1000,
    rows: migration.rows,
    rowsPerSecond: migration.rowsPerSecond,
    phases: migration.phases.map(({ name, from, to }) => ({ name, seconds: (to - from) / 1000 })),
    longestWaitMs: most(waits.map(({ ms }) => ms)),
    longestDelayMs: most(delays(migration)),
    longestDelayIdleMs: most(idle === undefined ? [] : delays(idle)),
    walPeakMb: most(walSizes.map(({ bytes }) => bytes)) / 1e6,
    rssPeakMb: most(probes.map(({ rssBytes }) => rssBytes)) / 1e6,
  }
}

const most = (values: readonly number[]) => values.reduce((high, value) => Math.max(high, value), 0)

const figures = ({ p50, p95, p99, max }: Quantiles) => [p50, p95, p99, max].map((value) => round(value))

const round = (value: number) => Math.round(value * 10) / 10

const latencyTable = (kinds: readonly { kind: string; idle: Quantiles; migrating: Quantiles }[]) =>
  textTable(
    [
      'milliseconds',
      'idle',
      'p50',
      'p95',
      'p99',
      'max',
      'migrating',
      'p50',
      'p95',
      'p99',
      'max',
      'p99 ratio',
    ],
    kinds.map(({ kind, idle, migrating }) => [
      kind,
      idle.requests,
      ...figures(idle),
      migrating.requests,
      ...figures(migrating),
      round(migrating.p99 / idle.p99),
    ]),
  )

const runTable = (runs: Readonly<Record<string, Summary>>) =>
  textTable(
    [
      'run',
      'seconds',
      'rows',
      'rows/s',
      'loop delay ms',
      'idle',
      'WAL MB',
      'RSS MB',
      'seconds of each phase',
    ],
    Object.entries(runs).map(([name, run]) => [
      name,
      round(run.seconds),
      run.rows,
      Math.round(run.rowsPerSecond),
      round(run.longestDelayMs),
      round(run.longestDelayIdleMs),
      round(run.walPeakMb),
      round(run.rssPeakMb),
      run.phases.map((phase) => `${phase.name} ${phase.seconds.toFixed(1)}`).join(', '),
    ]),
  )

/** Where the long requests were. */
const phaseTable = (runs: Readonly<Record<string, Measured>>) =>
  textTable(
    ['run', 'phase', 'read p99', 'max', 'write p99', 'max', 'dashboard max', 'loop delay ms'],
    Object.entries(runs).flatMap(([name, { migration, answered, probes }]) =>
      migration.phases.map((phase) => {
        const of = (kind: string) => quantiles(ofKind(kind, answered, phase))
        return [
          name,
          phase.name,
          ...['all reads', 'all writes'].flatMap((kind) => [round(of(kind).p99), round(of(kind).max)]),
          round(of(DASHBOARD).max),
          round(most(probes.filter(({ at }) => within(phase, at)).map(({ delayMs }) => delayMs))),
        ]
      }),
    ),
  )
