import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { checkFailed } from '../terminal.js'

export const serverScript = fileURLToPath(new URL('../../src/server.js', import.meta.url))
const WARNING = 40

export interface ServerProcess {
  address: string
  /** Lets the server finish what it has begun. */
  stop(): Promise<void>
}

/**
 * Starts the real server as a process of its own, and gives its address from the first line of its log.
 *
 * @param onUnexpectedEnd called when it ends although nobody stopped it
 */
export async function startServer(
  databasePath: string,
  port: number,
  onUnexpectedEnd: (reason: Error) => void,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [serverScript], {
    env: environment(databasePath, port),
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches a whole process group: the server must get one signal, from us, not two.
    detached: true,
  })
  const killWithUs = () => child.kill()
  process.once('exit', killWithUs)
  let isStopping = false
  child.once('exit', (code, signal) => {
    process.off('exit', killWithUs)
    if (!isStopping)
      onUnexpectedEnd(checkFailed(`The server ended on its own (${signal ?? `status ${code}`}).`))
  })
  const address = await readAddress(child)
  return {
    address,
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** The demo's own server is on this machine only, so it needs no tokens, and starts on v1. */
export const environment = (databasePath: string, port: number): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_PATH: databasePath,
  HOST: '127.0.0.1',
  PORT: String(port),
  LOG_LEVEL: 'info',
  ADMIN_TOKEN: undefined,
  API_TOKEN: undefined,
  USE_V2_API: undefined,
})

/** Afterwards warnings of the log go to stderr. */
export function readAddress(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The server has no standard output.')
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(checkFailed('The server did not start.')))
    lines.on('line', (line) => {
      const address = /http:\/\/[\w.:-]+/.exec(line)?.[0]
      if (address !== undefined) resolve(address)
      if (levelOf(line) >= WARNING) console.error(line)
    })
  })
}

const levelOf = (line: string) => Number(/"level":(\d+)/.exec(line)?.[1] ?? 0)

/** `port`, or 0, which means any free one, when somebody listens there already. */
export async function freePortOr0(port: number): Promise<number> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
    return port
  } catch {
    return 0
  } finally {
    probe.close()
  }
}
