import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commonOptions, runScript, type Outcome } from './terminal.js'

const usage = `Checks that the tests have run every line of the code that must not fail. Run tap first.

Usage: node dist/scripts/check-coverage.js [options]

  --json    prints {"files", "lines", "uncovered": ["FILE:LINE"]}
  --help    prints this

Exit status: 0 every line was run, 1 some was not, 2 wrong usage.`

const REPORT = '.tap/report/lcov.info'
const folders = ['src/kernel', 'src/v1/to-v2', 'src/migration']

/** Files of those folders that are not measured, and why. */
const exempt: Readonly<Record<string, string>> = {
  'src/migration/worker.ts':
    'runs in a worker thread, which coverage cannot see; test/migration/host.spec.ts runs it',
  'src/migration/tables.ts': 'has types only',
  'src/migration/assessment.ts': 'has types only',
  'src/v1/to-v2/sync/around.ts': 'has types only',
}

function check(): Outcome {
  parseArgs({ options: commonOptions })
  const covered = readReport()
  const files = folders.flatMap(sourcesIn).filter((file) => exempt[file] === undefined)
  const uncovered = files.flatMap((file) => uncoveredIn(file, covered.get(file)))
  const lines = files.reduce((sum, file) => sum + (covered.get(file)?.size ?? 0), 0)
  return {
    ok: uncovered.length === 0,
    json: { files: files.length, lines, uncovered },
    lines: [
      ...uncovered.map((place) => `${place} is not run by any test`),
      `${lines} lines of ${files.length} files in ${folders.join(', ')}: ${uncovered.length} uncovered`,
    ],
  }
}

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .sort()

/** A file that the report does not have was not loaded by any test. */
const uncoveredIn = (file: string, lines: ReadonlyMap<number, number> | undefined): string[] =>
  lines === undefined
    ? [file]
    : [...lines].filter(([, times]) => times === 0).map(([line]) => `${file}:${line}`)

/** How often each line of each file was run: tap maps the compiled files back to their sources. */
function readReport(): Map<string, Map<number, number>> {
  if (!existsSync(REPORT)) throw new Error(`There is no ${REPORT}: run tap first.`)
  const files = new Map<string, Map<number, number>>()
  let lines = new Map<number, number>()
  for (const line of readFileSync(REPORT, 'utf8').split('\n')) {
    const [field, value = ''] = line.split(/:(.*)/)
    if (field === 'SF') files.set(value, (lines = new Map<number, number>()))
    const [number, times] = value.split(',')
    if (field === 'DA') lines.set(Number(number), Number(times))
  }
  return files
}

await runScript(usage, check)
