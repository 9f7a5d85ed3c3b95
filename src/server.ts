import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { buildApp } from './app.js'
import { readConfig } from './config.js'
import { openApplicationDatabase } from './open-application-database.js'

const config = readConfig(process.env)
const log = pino({ level: config.logLevel })
const db = await openApplicationDatabase(config.databasePath, config.initialGroups)
const app = await buildApp({ db, config, log })
const address = await app.listen({
  host: config.host,
  port: config.port,
  listenTextResolver: (at) => `listening at ${at}`,
})
log.info({ address, database: config.databasePath }, 'ready; the documentation is at /docs')

closeWithGrace({ delay: 10_000 }, async ({ err }) => {
  if (err !== undefined) log.error({ err }, 'closing after an error')
  await app.close()
})
