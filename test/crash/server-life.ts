import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const server = fileURLToPath(new URL('../../src/server.js', import.meta.url))
const dying = new URL('./server-that-dies.js', import.meta.url).href

const TOLD_LINES = 20

/** What a server that is started does beside serving; see server-that-dies.ts. */
export interface Fate {
  /** `SIGKILL backfill: in a transaction #3` */
  signalAt?: string
  pointsTo?: string
}

/** The server process, from its start to its end. */
export interface Life {
  pid: number
  /** Resolves once it listens, rejects when it ends before. */
  address: Promise<string>
  /** How long after it listened it went on with a job that another life left; never when there is none. */
  takesOver: Promise<number>
  hasEnded: () => boolean
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  signal: (signal: NodeJS.Signals) => void
  /** The last lines of its log. */
  told: () => string
}

/** Starts the server on a file as a new user would: nothing of this process's environment goes along. */
export function startLife(path: string, { signalAt, pointsTo }: Fate = {}): Life {
  const isWatched = signalAt !== undefined || pointsTo !== undefined
  const child = spawn(process.execPath, [...(isWatched ? ['--import', dying] : []), server], {
    env: {
      PATH: process.env.PATH,
      DATABASE_PATH: path,
      PORT: '0',
      ...(signalAt === undefined ? {} : { SIGNAL_AT: signalAt }),
      ...(pointsTo === undefined ? {} : { POINTS_TO: pointsTo }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told = createLog()
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', killWithUs)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', told.add)
  const address = Promise.race([
    told.first(/listening at (http:\/\/[\w.:-]+)/),
    ended.then(() => Promise.reject(new Error('The server ended before it listened.'))),
  ])
  const listening = address.then(() => performance.now())
  const takesOver = told.first(/(a job was interrupted); it goes on here/).then(async () => {
    const at = performance.now()
    return Math.max(0, at - (await listening))
  })
  // Whoever kills a server that is still starting asks for none of these.
  for (const promise of [address, listening, takesOver]) promise.catch(() => undefined)
  return {
    pid: child.pid ?? 0,
    address,
    takesOver,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    ended,
    signal: (signal) => void child.kill(signal),
    told: told.last,
  }
}

/** A log that can be waited for. */
function createLog() {
  const lines: string[] = []
  const awaited: { pattern: RegExp; resolve: (found: string) => void }[] = []
  return {
    add: (line: string) => {
      lines.push(line)
      lines.splice(0, lines.length - TOLD_LINES)
      for (const { pattern, resolve } of awaited) {
        const found = pattern.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      }
    },
    first: (pattern: RegExp) => new Promise<string>((resolve) => void awaited.push({ pattern, resolve })),
    last: () => lines.join('\n'),
  }
}
