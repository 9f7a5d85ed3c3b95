import { parseArgs } from 'node:util'
import { generateDefaults, generateV1 } from '../src/v1/generate/generate-v1.js'
import { progressDisplay } from './progress-display.js'
import {
  commonOptions,
  oneOf,
  onlyFile,
  runScript,
  thousands,
  wholeNumber,
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
  --json                   prints {"path", "seconds", "counts": {TABLE: ROWS}}
  --help                   prints this

Exit status: 0 done, 1 failed, 2 wrong usage.`

await runScript(usage, generate)

function generate(): Outcome {
  const options = readOptions()
  const display = progressDisplay()
  const startedAt = Date.now()
  try {
    const counts = generateV1({ ...options, onProgress: display.update })
    return outcome(options.path, (Date.now() - startedAt) / 1000, counts)
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
    },
  })
  return {
    path: onlyFile(positionals),
    instances: wholeNumber('instances', values.instances),
    seed: wholeNumber('seed', values.seed),
    generation: oneOf('generation', values.generation, ['active', 'legacy']),
    journalMode: oneOf('journal-mode', values['journal-mode'], ['delete', 'wal']),
    prismaMigrations: values['prisma-migrations'],
    responsibleParties: values['responsible-parties'],
  }
}

function outcome(path: string, seconds: number, counts: Record<string, number>): Outcome {
  const lines = Object.entries(counts).map(([table, rows]) => `${thousands(rows).padStart(12)}  ${table}`)
  return {
    ok: true,
    json: { path, seconds, counts },
    lines: [`${path}, made in ${seconds.toFixed(1)} s`, ...lines],
  }
}
