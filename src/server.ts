import { pino } from 'pino'
import { buildApp } from './app.js'
import { closeInTime } from './close-in-time.js'
import { readConfig } from './config.js'
import { openApplicationDatabase } from './open-application-database.js'

const defects = [TypeError, RangeError, ReferenceError]

/** How long requests in progress may take once the server is told to stop. */
const LAST_REQUESTS_MS = 5_000
/** The job that runs stops meanwhile; then the threads that read have three seconds. */
const CLOSE_MS = 10_000

try {
  await serve()
} catch (error) {
  process.exitCode = 1
  console.error(isForOperator(error) ? `The server cannot start: ${error.message}` : error)
}

async function serve(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel })
  const db = await openApplicationDatabase(config.databasePath, config.initialGroups)
  const building = buildApp({ db, config, log })
  const closing = new AbortController()
  // Before it listens: a job may go on here already, and has to be stopped like any other.
  const { uninstall } = closeInTime(CLOSE_MS, log, async (err) => {
    closing.abort()
    if (err !== undefined) log.error({ err }, 'closing after an error')
    const app = await building
    // To Node, a connection that has not asked anything yet is busy: it would hold up the end for ever.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS)
    await app.close()
    clearTimeout(cutOff)
  })
  const app = await building
  try {
    const address = await app.listen({
      host: config.host,
      port: config.port,
      listenTextResolver: (at) => `listening at ${at}`,
    })
    log.info({ address, database: config.databasePath }, 'ready; the documentation is at /docs')
  } catch (error) {
    if (closing.signal.aborted) return
    uninstall()
    await app.close()
    throw error
  }
}

/** The environment, the file and the port are the operator's to mend: a stack would only be in the way. */
function isForOperator(error: unknown): error is Error {
  return error instanceof Error && !defects.some((kind) => error instanceof kind)
}
