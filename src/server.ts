import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { buildApp } from './app.js'
import { readConfig } from './config.js'
import { openApplicationDatabase } from './open-application-database.js'

const defects = [TypeError, RangeError, ReferenceError]

/** How long requests in progress may take once the server is told to stop. */
const LAST_REQUESTS_MS = 5_000

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
  const app = await buildApp({ db, config, log })
  try {
    const address = await app.listen({
      host: config.host,
      port: config.port,
      listenTextResolver: (at) => `listening at ${at}`,
    })
    log.info({ address, database: config.databasePath }, 'ready; the documentation is at /docs')
  } catch (error) {
    await app.close()
    throw error
  }
  closeWithGrace({ delay: 10_000 }, async ({ err }) => {
    if (err !== undefined) log.error({ err }, 'closing after an error')
    // To Node, a connection that has not asked anything yet is busy: it would hold up the end for ever.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS)
    await app.close()
    clearTimeout(cutOff)
  })
}

/** The environment, the file and the port are the operator's to mend: a stack would only be in the way. */
function isForOperator(error: unknown): error is Error {
  return error instanceof Error && !defects.some((kind) => error instanceof kind)
}
