import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import type { Document } from '../../src/http/openapi-document.js'
import type { App } from '../../src/http/type-provider.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'

/** The committed files, by name: what a server serves while no group has been cut over. */
export const openApiFiles = (): Promise<Map<string, string>> =>
  overNewDatabase(async (app) => {
    const files = new Map<string, string>()
    await app.ready()
    for (const [name, make] of app.documents)
      files.set(`${name}.json`, `${JSON.stringify(sorted(make()), undefined, 2)}\n`)
    return files
  })

async function overNewDatabase<Result>(act: (app: App) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'task-tracker-openapi-'))
  const config = readConfig({})
  const db = await openApplicationDatabase(join(folder, 'app.db'), config.initialGroups)
  const app = await buildApp({ db, config, log: pino({ level: 'silent' }) })
  try {
    return await act(app)
  } finally {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Paths by name: the order in which routes are registered must not show. */
function sorted(document: Document): Document {
  const paths = Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...document, paths: Object.fromEntries(paths) }
}
