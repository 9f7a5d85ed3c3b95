import { textTable } from '../demo/text-table.js'
import { thousands, type Outcome } from '../terminal.js'
import type { Restored } from './rto.js'

/** What the service promises, in milliseconds. */
const HELD_MS = 2_000

/** Prints nothing: figures as a table for people, and whole for machines. */
export function rtoOutcome({ options, done, servingAfterMs, restoration, writing }: Restored): Outcome {
  const { heldMs, bytes, tables } = restoration
  const phases = done.phases.map(({ name, from, to }) => ({ name, seconds: (to - from) / 1000 }))
  const rows = { deleted: 0, inserted: 0, updated: 0 }
  for (const table of tables)
    for (const kind of ['deleted', 'inserted', 'updated'] as const) rows[kind] += table[kind]
  const seconds = servingAfterMs / 1000
  const checks = [
    {
      title: 'writes held',
      expected: `less than ${thousands(HELD_MS)} ms`,
      actual: `${thousands(heldMs)} ms`,
      ok: heldMs < HELD_MS,
    },
    {
      title: 'failed writes',
      expected: 'none',
      actual: String(writing.failures.length),
      ok: writing.failures.length === 0,
    },
  ]
  return {
    ok: checks.every(({ ok }) => ok),
    json: { options, seconds, heldMs, bytes, phases, rows, writing, checks },
    lines: [
      ...textTable(
        [
          'restore of',
          'seconds to serving',
          'writes held ms',
          'longest write ms',
          'rows written',
          'backup MB',
        ],
        [
          [
            `${thousands(options.instances)} instances`,
            Math.round(seconds * 10) / 10,
            heldMs,
            Math.round(writing.longestMs),
            rows.deleted + rows.inserted + rows.updated,
            Math.round(bytes / 1e6),
          ],
        ],
      ),
      '',
      `seconds of each phase: ${phases.map(({ name, seconds: took }) => `${name} ${took.toFixed(1)}`).join(', ')}`,
      `writes meanwhile: ${writing.writes}, of which ${writing.refused} were told to come again`,
      '',
      ...writing.failures.slice(0, 5),
      ...checks.map(
        ({ ok, title, actual, expected }) => `${ok ? 'pass' : 'FAIL'}  ${title}: ${actual} (${expected})`,
      ),
    ],
  }
}
