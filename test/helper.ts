import BetterSqlite3 from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import './conformance/hook.js'
import * as historyTables from '../migrations/history-tables.js'
import * as idempotencyKeys from '../migrations/idempotency-keys.js'
import * as listIndexes from '../migrations/list-indexes.js'
import * as sharedTables from '../migrations/shared-tables.js'
import * as v1Tables from '../migrations/v1-tables.js'
import * as v2Tables from '../migrations/v2-tables.js'
import * as writeContext from '../migrations/write-context.js'
import { openDatabase, write, type Database } from '../src/db/database.js'
import { createServer } from '../src/http/server.js'
import type { App } from '../src/http/type-provider.js'
import type { Context } from '../src/http/resource.js'

export const silent = pino({ level: 'silent' })

/** A folder of its own for a test, removed afterwards. */
export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'task-tracker-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An empty v1 file, with the tables that Prisma made. */
export function emptyV1File(t: Test): string {
  const path = join(temporaryFolder(t), 'v1.db')
  const handle = new BetterSqlite3(path)
  const tables = [...v1Tables.sharedTables, ...v1Tables.activeTables, ...v1Tables.legacyTables('_old')]
  handle.exec('begin')
  for (const table of tables) for (const statement of v1Tables.createStatements(table)) handle.exec(statement)
  handle.exec('commit')
  handle.close()
  return path
}

/** An open v1 database without rows. */
export async function openV1<Schema>(t: Test): Promise<Database<Schema>> {
  const path = emptyV1File(t)
  new BetterSqlite3(path).exec(writeContext.table).close()
  const db = openDatabase<Schema>(path)
  t.teardown(() => db.close())
  await write(db, (trx) => idempotencyKeys.up(trx as never))
  return db
}

/** An open database that is v2 from birth, without rows. */
export async function openV2<Schema>(t: Test): Promise<Database<Schema>> {
  const path = join(temporaryFolder(t), 'v2.db')
  new BetterSqlite3(path).exec('vacuum').close()
  const db = openDatabase<Schema>(path)
  t.teardown(() => db.close())
  await write(db, async (trx) => {
    await sharedTables.up(trx as never)
    await v2Tables.up(trx as never)
    await writeContext.up(trx as never)
    await idempotencyKeys.up(trx as never)
    await listIndexes.up(trx as never)
    await historyTables.up(trx as never)
  })
  return db
}

/** One version's routes, served over `db`. */
export async function serve<Schema>(
  t: Test,
  prefix: string,
  routes: (app: App, context: Context<Schema>) => void,
  context: Context<Schema>,
): Promise<App> {
  const app = createServer(silent)
  await app.register(async (scope) => routes(scope as App, context), { prefix })
  t.teardown(() => app.close())
  return app
}
