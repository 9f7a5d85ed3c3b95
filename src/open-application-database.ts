import BetterSqlite3 from 'better-sqlite3'
import type { Transaction } from 'kysely'
import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import * as journalTables from '../migrations/journal-tables.js'
import * as sharedTables from '../migrations/shared-tables.js'
import * as v2Tables from '../migrations/v2-tables.js'
import { openDatabase, underSchema, write, type Database } from './db/database.js'
import { inspectFile } from './db/inspect-file.js'
import { applySchemaFiles } from './db/schema-files.js'
import { allGroupsOn, type GroupVersions, type Stage } from './kernel/api-groups.js'
import { removeFile } from './migration/scratch-copy.js'
import type { JournalTables } from './migration/tables.js'
import { completeV1, whyNotV1 } from './v1/adopt.js'

/** The file is none of ours: it was left as it is. */
const refused = (path: string, reason: string) =>
  new Error(
    `${path} cannot be served: ${reason}. The file was left untouched. Set DATABASE_PATH to another one.`,
  )

/**
 * Opens the file that the service works on: one of ours, a v1 file, which is adopted as it is, or a
 * new database that is v2 from birth where there is none.
 *
 * @throws Error for any other file, which is left untouched
 */
export async function openApplicationDatabase(
  path: string,
  initialGroups: GroupVersions,
): Promise<Database<unknown>> {
  const content = inspectFile(path)
  if (content.kind === 'not-sqlite') throw refused(path, content.reason)
  if (content.kind === 'missing') await createV2(path)
  else if (!content.tables.has('migration_state')) {
    const reason = whyNotV1(content.tables)
    if (reason !== undefined) throw refused(path, reason)
    await adopt(path, initialGroups)
  }
  return openDatabase(path)
}

const adopt = (path: string, groups: GroupVersions) =>
  inOneTransaction(path, async (trx) => {
    await completeV1(trx)
    await applySchemaFiles(trx, [journalTables])
    await insertState(trx, 'v1', groups)
  })

/** Under its own name only once it is whole: a killed process leaves no half database. */
async function createV2(path: string): Promise<void> {
  const draft = `${path}.new`
  mkdirSync(dirname(path), { recursive: true })
  removeFile(draft)
  new BetterSqlite3(draft).exec('VACUUM').close()
  await inOneTransaction(draft, async (trx) => {
    await applySchemaFiles(trx, [journalTables, sharedTables, v2Tables])
    await insertState(trx, 'contracted', allGroupsOn('v2'))
  })
  renameSync(draft, path)
}

async function inOneTransaction(
  path: string,
  act: (trx: Transaction<unknown>) => Promise<void>,
): Promise<void> {
  const db = openDatabase<unknown>(path)
  try {
    await write(db, act)
  } finally {
    await db.close()
  }
}

const insertState = (trx: Transaction<unknown>, stage: Stage, groups: GroupVersions) =>
  underSchema<JournalTables, unknown>(trx)
    .insertInto('migration_state')
    .values({
      id: 1,
      stage,
      groups: JSON.stringify(groups),
      inStep: null,
      checkedAt: null,
      cutoverAt: null,
    })
    .execute()
