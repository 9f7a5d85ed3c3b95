import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { generateDefaults, generateV1 } from '../../src/v1/generate/generate-v1.js'
import type { Outcome } from '../terminal.js'
import { inFolder } from './folder.js'
import { asOutcome } from './latency-report.js'
import type { Span } from './job.js'
import type { Answered, LoadInput } from './load.js'
import { migrate, type Migrated } from './migration.js'
import type { Probed } from './probe.js'
import { startProbedServer, type WalSize } from './probed-server.js'
import { sampleOf } from './requests.js'

export const latencyDefaults = { instances: 500_000, idle: 20, reads: 100, writes: 50, dashboards: 12 }
export type LatencyOptions = typeof latencyDefaults

/** The first seconds of a process are spent on compiling: they say nothing about a migration. */
const WARM_UP_MS = 5_000
const REST_MS = 2_000

/** Everything that was measured of one server's life. */
export interface Measured {
  migration: Migrated
  /** With load and without a migration; undefined where there was no load. */
  idle: Span | undefined
  answered: readonly Answered[]
  probes: readonly Probed[]
  walSizes: readonly WalSize[]
}

/** One server under the same load idle and migrating, and another that migrates without any load. */
export async function latency(options: LatencyOptions): Promise<Outcome> {
  return inFolder(async (folder) => {
    say(`making a v1 database with ${options.instances} supplier task instances`)
    const made = join(folder, 'v1.db')
    generateV1({ ...generateDefaults, path: made, instances: options.instances })
    const copies = ['loaded.db', 'alone.db'].map((name) => {
      const path = join(folder, name)
      copyFileSync(made, path)
      return path
    })
    const [loaded = '', alone = ''] = copies
    const underLoad = await measure(loaded, options)
    const withoutLoad = await measure(alone, undefined)
    return asOutcome(options, underLoad, withoutLoad)
  })
}

async function measure(path: string, options: LatencyOptions | undefined): Promise<Measured> {
  const sample = sampleOf(path)
  const server = await startProbedServer(path)
  const load = options === undefined ? undefined : startLoad({ ...options, sample, address: server.address })
  try {
    const idle = load === undefined ? undefined : await idleFor(options?.idle ?? 0)
    say(load === undefined ? 'migrating without load' : 'migrating under load')
    const migration = await migrate(server.address, path)
    await pause(REST_MS)
    const answered = (await load?.answers()) ?? []
    return { migration, idle, answered, probes: server.probes, walSizes: server.walSizes }
  } finally {
    await load?.end()
    await server.stop()
  }
}

async function idleFor(seconds: number): Promise<Span> {
  say(`load without a migration for ${seconds} s`)
  await pause(WARM_UP_MS)
  const from = Date.now()
  await pause(seconds * 1000)
  return { from, to: Date.now() }
}

/** A thread of its own, so that measuring does not hold up what is measured. */
function startLoad(input: LoadInput) {
  const worker = new Worker(new URL('./load.js', import.meta.url), { workerData: input })
  return {
    /** All of them, once nothing is sent any more. */
    async answers() {
      worker.postMessage('end')
      const [answered] = (await once(worker, 'message')) as [Answered[]]
      return answered
    },
    end: () => worker.terminate(),
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const say = (text: string) => void process.stderr.write(`${text}\n`)
