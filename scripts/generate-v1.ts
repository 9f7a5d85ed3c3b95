import { parseArgs } from 'node:util'
import type { DirtMade } from '../src/v1/generate/dirt/add-dirt.js'
import { generateDefaults, generateV1 } from '../src/v1/generate/generate-v1.js'
import { dirtClassList, dirtPercent, dirtPlan } from './dirt-option.js'
import { progressDisplay } from './progress-display.js'
import {
  commonOptions,
  oneOf,
  onlyFile,
  runScript,
  thousands,
  wholeNumber,
  wrongUsage,
  type Outcome,
} from './terminal.js'

const usage = `Makes a v1 database file, as the original application's Prisma would have made it.

Usage: node dist/scripts/generate-v1.js FILE [options]

  FILE                     the new file; an existing one is refused
  --instances N            supplier task instances (${generateDefaults.instances})
  --seed N                 the same seed and size give the same rows (${generateDefaults.seed})
  --generation WHICH       active, or legacy: the older file without milestones (active)
  --journal-mode MODE      delete or wal (delete)
  --prisma-migrations      with Prisma's own table
  --responsible-parties    with the column that newer files have
  --lenient                columns take NULL, as in a file that Prisma did not make
  --dirt WHICH             adds rows that do not fit: all, or classes with commas between them:
${dirtClassList}
  --dirt-percent N         so many dirty rows, in percent of the instances, over all that is asked for;
                           at least one of each kind (${dirtPercent})
  --json                   prints {"path", "seconds", "counts": {TABLE: ROWS}, "dirt":
                           [{"code", "subcase", "table", "column", "count", "ids"}]}
  --help                   prints this

Exit status: 0 done, 1 failed, 2 wrong usage.`

await runScript(usage, generate)

function generate(): Outcome {
  const options = readOptions()
  const display = progressDisplay()
  const startedAt = Date.now()
  let dirt: DirtMade[] = []
  try {
    const counts = generateV1({ ...options, onProgress: display.update, onDirt: (made) => (dirt = made) })
    return outcome({ path: options.path, seconds: (Date.now() - startedAt) / 1000, counts, dirt })
  } finally {
    display.end()
  }
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...commonOptions,
      instances: { type: 'string', default: String(generateDefaults.instances) },
      seed: { type: 'string', default: String(generateDefaults.seed) },
      generation: { type: 'string', default: 'active' },
      'journal-mode': { type: 'string', default: 'delete' },
      'prisma-migrations': { type: 'boolean', default: false },
      'responsible-parties': { type: 'boolean', default: false },
      lenient: { type: 'boolean', default: false },
      dirt: { type: 'string' },
      'dirt-percent': { type: 'string', default: String(dirtPercent) },
    },
  })
  const percent = percentage('dirt-percent', values['dirt-percent'])
  return {
    path: onlyFile(positionals),
    instances: wholeNumber('instances', values.instances),
    seed: wholeNumber('seed', values.seed),
    generation: oneOf('generation', values.generation, ['active', 'legacy']),
    journalMode: oneOf('journal-mode', values['journal-mode'], ['delete', 'wal']),
    prismaMigrations: values['prisma-migrations'],
    responsibleParties: values['responsible-parties'],
    lenient: values.lenient,
    ...(values.dirt === undefined ? {} : { dirt: dirtPlan(values.dirt, percent) }),
  }
}

function percentage(option: string, text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value > 100)
    throw wrongUsage(`--${option} is a number from 0 to 100, not "${text}".`)
  return value
}

interface Made {
  path: string
  seconds: number
  counts: Record<string, number>
  dirt: readonly DirtMade[]
}

function outcome(made: Made): Outcome {
  const { path, seconds, counts, dirt } = made
  const line = (rows: number, what: string) => `${thousands(rows).padStart(12)}  ${what}`
  return {
    ok: true,
    json: made,
    lines: [
      `${path}, made in ${seconds.toFixed(1)} s`,
      ...Object.entries(counts).map(([table, rows]) => line(rows, table)),
      ...dirt.map(({ code, subcase, table, column, count }) =>
        line(count, `${code}${subcase === undefined ? '' : ` (${subcase})`} in ${table}.${column ?? 'id'}`),
      ),
    ],
  }
}
