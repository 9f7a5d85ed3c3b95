import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunningProcess {
  /** Resolves once stdout has matched; rejects when the process ends before. */
  shown: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Ends it by a signal, and gives what it left. */
  end: (signal: NodeJS.Signals) => Promise<Ended>
  ended: Promise<Ended>
}

/** Starts one of the compiled programs; it is killed with the test. `path` is relative to dist. */
export function start(
  t: Test,
  path: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): RunningProcess {
  const program = fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, ...output }))
  return {
    ended,
    end: (signal) => {
      child.kill(signal)
      return ended
    },
    async shown(pattern) {
      for (;;) {
        const match = pattern.exec(output.stdout)
        if (match !== null) return match
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended before it showed ${pattern.source}: ${output.stdout}${output.stderr}`)
        await Promise.race([once(child.stdout, 'data'), ended])
      }
    },
  }
}

/** Runs one to its end. */
export const run = (
  t: Test,
  path: string,
  given?: { args?: readonly string[]; env?: Record<string, string> },
): Promise<Ended> => start(t, path, given).ended

/** The server on a free port, once it listens. A job that it takes over it may tell of before. */
export async function startServer(t: Test, env: Record<string, string>) {
  const server = start(t, 'src/server.js', { env: { PORT: '0', ...env } })
  const [, address = ''] = await server.shown(/listening at (http:[\w.:/-]+).*\n/)
  const [firstLine] = await server.shown(/^.*\n/)
  return { ...server, firstLine, address }
}
