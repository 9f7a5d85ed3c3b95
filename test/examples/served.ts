import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { silent, temporaryFolder } from '../helper.js'

/** The whole application on a new database and a port of its own; gives its address. */
export async function listening(t: Test, now: () => number = Date.now): Promise<string> {
  const config = readConfig({})
  const db = await openApplicationDatabase(join(temporaryFolder(t), 'app.db'), config.initialGroups)
  const app = await buildApp({ db, config, log: silent, now })
  t.teardown(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}
