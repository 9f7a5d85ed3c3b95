import { parseArgs } from 'node:util'
import { latency, latencyDefaults } from './bench/latency.js'
import { rto, rtoDefaults } from './bench/rto.js'
import { commonOptions, runScript, wholeNumber, wrongUsage, type Outcome } from './terminal.js'

const names = ['latency', 'rto'] as const
type Name = (typeof names)[number]

const usage = `Measures what clients notice of a migration, and of a restore. Makes its own databases, and removes them.

Usage: npm run bench -- [NAME] [options]

  NAME              one of: ${names.join(', ')}; all of them when left out

  latency           reads and writes over HTTP, idle and while everything migrates; then a second
                    migration without anybody else
    --instances N   supplier task instances (${latencyDefaults.instances})
    --idle SECONDS  how long the load runs before the migration begins (${latencyDefaults.idle})
    --reads N       GETs a second (${latencyDefaults.reads})
    --writes N      PATCHes, POSTs and DELETEs a second (${latencyDefaults.writes})
    --dashboards N  dashboards a minute: each looks at every instance (${latencyDefaults.dashboards})

  rto               a restore of all the data: seconds from the request to serving it, and for how long
                    writes were held meanwhile
    --instances N   supplier task instances (${rtoDefaults.instances})
    --changes N     of them that are changed, deleted or added since the backup (${rtoDefaults.changes})

  --json            prints {NAME: figures and checks}
  --help            prints this

Exit status: 0 every check passed, 1 one failed, 2 wrong usage.`

await runScript(usage, bench)

async function bench(): Promise<Outcome> {
  const { chosen, given } = readOptions()
  const outcomes: [Name, Outcome][] = []
  for (const name of chosen)
    outcomes.push([
      name,
      name === 'latency'
        ? await latency({ ...latencyDefaults, ...only(given, latencyDefaults) })
        : await rto({ ...rtoDefaults, ...only(given, rtoDefaults) }),
    ])
  return {
    ok: outcomes.every(([, { ok }]) => ok),
    json: Object.fromEntries(outcomes.map(([name, { json }]) => [name, json])),
    lines: outcomes.flatMap(([, { lines }]) => lines),
  }
}

type Given = Partial<Record<keyof typeof latencyDefaults | keyof typeof rtoDefaults, number>>

/** Those of the options that are one benchmark's. */
function only(given: Given, defaults: object): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in defaults))
}

function readOptions(): { chosen: readonly Name[]; given: Given } {
  const number = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...commonOptions,
      instances: number,
      idle: number,
      reads: number,
      writes: number,
      dashboards: number,
      changes: number,
    },
  })
  const given: Given = {}
  for (const option of ['instances', 'idle', 'reads', 'writes', 'dashboards', 'changes'] as const) {
    const value = values[option]
    if (value !== undefined) given[option] = positive(option, value)
  }
  return { chosen: positionals.length === 0 ? names : positionals.map(known), given }
}

function positive(option: string, given: string): number {
  const value = wholeNumber(option, given)
  if (value === 0) throw wrongUsage(`--${option} is 1 or more.`)
  return value
}

function known(given: string): Name {
  const name = names.find((one) => one === given)
  if (name === undefined) throw wrongUsage(`There is no benchmark "${given}".`)
  return name
}
