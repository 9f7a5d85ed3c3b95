import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { environment, readAddress, serverScript } from '../demo/server-process.js'
import { checkFailed } from '../terminal.js'
import type { Probed } from './probe.js'

const probeScript = new URL('./probe.js', import.meta.url).href
const WAL_EVERY_MS = 50

/** The size of the WAL at an instant, in epoch milliseconds. */
export interface WalSize {
  at: number
  bytes: number
}

export interface ProbedServer {
  address: string
  probes: readonly Probed[]
  walSizes: readonly WalSize[]
  stop(): Promise<void>
}

/** The real server as a process of its own, that tells from within how it is doing. */
export async function startProbedServer(databasePath: string): Promise<ProbedServer> {
  const child = spawn(process.execPath, ['--import', probeScript, serverScript], {
    env: environment(databasePath, 0),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const probes: Probed[] = []
  const walSizes: WalSize[] = []
  child.on('message', (probed) => probes.push(probed as Probed))
  const watching = setInterval(
    () => walSizes.push({ at: Date.now(), bytes: sizeOf(`${databasePath}-wal`) }),
    WAL_EVERY_MS,
  )
  let isStopping = false
  child.once('exit', () => {
    clearInterval(watching)
    process.off('exit', killWithUs)
    if (!isStopping) throw checkFailed('The server ended on its own.')
  })
  return {
    address: await readAddress(child),
    probes,
    walSizes,
    async stop() {
      isStopping = true
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)
