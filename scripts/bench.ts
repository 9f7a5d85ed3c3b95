import { parseArgs } from 'node:util'
import { latency, latencyDefaults } from './bench/latency.js'
import { commonOptions, runScript, wholeNumber, wrongUsage, type Outcome } from './terminal.js'

const benchmarks = { latency }
type Name = keyof typeof benchmarks
const names = Object.keys(benchmarks) as Name[]

const usage = `Measures what clients notice of a migration. Makes its own databases, and removes them.

Usage: npm run bench -- [NAME] [options]

  NAME              one of: ${names.join(', ')}; all of them when left out

  latency           reads and writes over HTTP, idle and while everything migrates; then a second
                    migration without anybody else
    --instances N   supplier task instances (${latencyDefaults.instances})
    --idle SECONDS  how long the load runs before the migration begins (${latencyDefaults.idle})
    --reads N       GETs a second (${latencyDefaults.reads})
    --writes N      PATCHes, POSTs and DELETEs a second (${latencyDefaults.writes})

  --json            prints {NAME: figures and checks}
  --help            prints this

Exit status: 0 every check passed, 1 one failed, 2 wrong usage.`

await runScript(usage, bench)

async function bench(): Promise<Outcome> {
  const { chosen, options } = readOptions()
  const outcomes: [Name, Outcome][] = []
  for (const name of chosen) outcomes.push([name, await benchmarks[name](options)])
  return {
    ok: outcomes.every(([, { ok }]) => ok),
    json: Object.fromEntries(outcomes.map(([name, { json }]) => [name, json])),
    lines: outcomes.flatMap(([, { lines }]) => lines),
  }
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...commonOptions,
      instances: { type: 'string', default: String(latencyDefaults.instances) },
      idle: { type: 'string', default: String(latencyDefaults.idle) },
      reads: { type: 'string', default: String(latencyDefaults.reads) },
      writes: { type: 'string', default: String(latencyDefaults.writes) },
    },
  })
  const number = (option: 'instances' | 'idle' | 'reads' | 'writes') => {
    const value = wholeNumber(option, values[option])
    if (value === 0) throw wrongUsage(`--${option} is 1 or more.`)
    return value
  }
  return {
    chosen: positionals.length === 0 ? names : positionals.map(known),
    options: {
      instances: number('instances'),
      idle: number('idle'),
      reads: number('reads'),
      writes: number('writes'),
    },
  }
}

function known(given: string): Name {
  const name = names.find((one) => one === given)
  if (name === undefined) throw wrongUsage(`There is no benchmark "${given}".`)
  return name
}
