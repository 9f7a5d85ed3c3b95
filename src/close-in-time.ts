import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'

/** A process that has gone wrong so cannot run anything any more: it would fault again, for ever. */
const faults = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'] as const

/**
 * Closes on a signal or an error that nobody caught, and ends the process: with 0 after a signal.
 *
 * Where closing takes longer than `ms`, or a second signal comes, the process is killed. To exit would mean
 * to wait: Node joins every thread, and one that is deep in a query of SQLite ends with its query. Whatever
 * was acknowledged is on the disk, and the next start takes over what was in progress.
 */
export function closeInTime(
  ms: number,
  log: Pick<FastifyBaseLogger, 'error'>,
  close: (error: Error | undefined) => Promise<void>,
): ReturnType<typeof closeWithGrace> {
  const kill = (why: string) => {
    log.error(why)
    process.kill(process.pid, 'SIGKILL')
  }
  return closeWithGrace(
    {
      delay: ms,
      skip: [...faults],
      onTimeout: () => kill(`not closed after ${ms} ms: killed`),
      onSecondSignal: (signal) => kill(`a second ${signal} while closing: killed`),
      onSecondError: (error) => kill(`an error while closing: killed: ${String(error)}`),
    },
    ({ err }) => close(err),
  )
}
