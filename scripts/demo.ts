import { once, setMaxListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DirtMade, DirtPlan } from '../src/v1/generate/dirt/add-dirt.js'
import { generateDefaults, generateV1 } from '../src/v1/generate/generate-v1.js'
import { operatorsWay } from './demo/operators-way.js'
import { bullet, step } from './demo/say.js'
import { freePortOr0, startServer, type ServerProcess } from './demo/server-process.js'
import { straightOn, walkThrough } from './demo/walk-through.js'
import { whatNext } from './demo/what-next.js'
import { dirtClassList, dirtPercent, dirtPlan } from './dirt-option.js'
import { progressDisplay } from './progress-display.js'
import { checkFailed, runScript, thousands, wholeNumber, wrongUsage, type Outcome } from './terminal.js'

const FEWEST_INSTANCES = 100
const HIGHEST_PORT = 65_535

const usage = `Shows the whole migration: makes a v1 database, serves it, and migrates it over HTTP while clients
read and write; then checks that v2 holds everything, and leaves the server running.

Usage: npm run demo -- [options]

  --instances N   supplier task instances, ${FEWEST_INSTANCES} or more (20000)
  --keep FILE     makes the database there, and keeps it; else it goes at the end
  --dirt WHICH    with rows that do not fit, and what the operator does about them: all, or classes with
                  commas between them:
${dirtClassList}
  --port N        where the server listens; 0, or one that is taken: any free one (3000)
  --exit          ends after the last check
  --help          prints this

Exit status: 0 everything was as promised, 1 something was not, 2 wrong usage.`

await runScript(usage, demo)

async function demo(): Promise<Outcome> {
  const options = readOptions()
  const ending = new AbortController()
  // Every request listens to it for as long as its answer is not collected.
  setMaxListeners(0, ending.signal)
  let isDone = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => ending.abort(isDone ? undefined : checkFailed('The demo was interrupted.')))
  const { path, cleanUp } = place(options.keep)
  let server: ServerProcess | undefined
  try {
    const dirt = makeDatabase(path, options)
    server = await startServer(path, await choosePort(options.port), (reason) => ending.abort(reason))
    const way = dirt.length === 0 ? straightOn : operatorsWay(path, dirt)
    await walkThrough(server.address, ending.signal, way)
    isDone = true
    if (!options.exit) await leaveRunning(server.address, ending.signal)
  } finally {
    await server?.stop()
    cleanUp()
  }
  return { ok: true, json: undefined, lines: ['', 'Everything was as promised.'] }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      instances: { type: 'string', default: '20000' },
      keep: { type: 'string' },
      dirt: { type: 'string' },
      port: { type: 'string', default: '3000' },
      exit: { type: 'boolean', default: false },
    },
  })
  const instances = wholeNumber('instances', values.instances)
  if (instances < FEWEST_INSTANCES) throw wrongUsage(`--instances is ${FEWEST_INSTANCES} or more.`)
  const port = wholeNumber('port', values.port)
  if (port > HIGHEST_PORT) throw wrongUsage(`--port is at most ${HIGHEST_PORT}.`)
  const { dirt, ...others } = values
  return { ...others, instances, port, ...(dirt === undefined ? {} : { dirt: dirtPlan(dirt, dirtPercent) }) }
}

function place(keep: string | undefined): { path: string; cleanUp: () => void } {
  if (keep !== undefined) return { path: resolve(keep), cleanUp: () => undefined }
  const folder = mkdtempSync(join(tmpdir(), 'task-tracker-demo-'))
  return { path: join(folder, 'app.db'), cleanUp: () => rmSync(folder, { recursive: true, force: true }) }
}

/** @returns what was made of rows that do not fit */
function makeDatabase(path: string, { instances, dirt }: { instances: number; dirt?: DirtPlan }): DirtMade[] {
  step('A v1 database, as the original application left it')
  const display = progressDisplay()
  try {
    let made: DirtMade[] = []
    const counts = generateV1({
      ...generateDefaults,
      path,
      instances,
      ...(dirt === undefined ? {} : { dirt }),
      onDirt: (rows) => (made = rows),
      onProgress: display.update,
    })
    bullet(
      `${thousands(instances)} supplier task instances of ${counts.suppliers} suppliers ` +
        `in ${counts.projects} projects, in ${path}`,
    )
    if (made.length > 0) bullet(dirtMade(made))
    return made
  } finally {
    display.end()
  }
}

function dirtMade(made: readonly DirtMade[]): string {
  const rows = made.reduce((sum, { count }) => sum + count, 0)
  return `${thousands(rows)} rows are awkward, in ${made.length} ways of ${new Set(made.map(({ code }) => code)).size} classes`
}

async function choosePort(wanted: number): Promise<number> {
  const port = await freePortOr0(wanted)
  if (port !== wanted) bullet(`Port ${wanted} is taken: a free one is used instead.`)
  return port
}

async function leaveRunning(address: string, signal: AbortSignal): Promise<void> {
  bullet(whatNext(address))
  if (!signal.aborted) await once(signal, 'abort')
  const reason: unknown = signal.reason
  if (!(reason instanceof DOMException)) throw reason
}
