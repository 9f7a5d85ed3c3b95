import BetterSqlite3 from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import * as sharedTables from '../migrations/shared-tables.js'
import { openDatabase, underSchema, write, type Database } from './db/database.js'
import { inspectFile } from './db/inspect-file.js'
import { applySchemaFiles, listSchemaFiles } from './db/schema-files.js'
import { journalFiles } from './migration/journal-files.js'
import { createWholeFile } from './db/whole-file.js'
import { allGroupsOn, type GroupVersions, type Stage } from './kernel/api-groups.js'
import type { JournalTables } from './migration/tables.js'
import { completeV1, whyNotV1 } from './v1/adopt.js'
import { schemaFilesFor } from './v1/to-v2/schema-files.js'
import { v2Files } from './v2/schema-files.js'

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
  const db = openDatabase<unknown>(path)
  if (content.kind === 'sqlite') await bringUpToDate(db, content.tables)
  return db
}

const adopt = (path: string, groups: GroupVersions) =>
  inOneTransaction(path, async (trx) => {
    await completeV1(trx)
    await applySchemaFiles(trx, journalFiles)
    await insertState(trx, 'v1', groups)
  })

/** Gives a file of ours what was added to the schema since it was made, in the stage that it is in. */
async function bringUpToDate(db: Database<unknown>, tables: ReadonlyMap<string, unknown>): Promise<void> {
  const applied = await listSchemaFiles(db.reader)
  const missing = schemaFilesFor(tables).filter(({ name }) => !applied.has(name))
  if (missing.length > 0) await write(db, (trx) => applySchemaFiles(trx, missing))
}

const createV2 = (path: string) =>
  createWholeFile(path, async (draft) => {
    new BetterSqlite3(draft).exec('VACUUM').close()
    await inOneTransaction(draft, async (trx) => {
      await applySchemaFiles(trx, [...journalFiles, sharedTables, ...v2Files])
      await insertState(trx, 'contracted', allGroupsOn('v2'))
    })
  })

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
      databaseId: randomBytes(16).toString('hex'),
      inStep: null,
      checkedAt: null,
      cutoverAt: null,
    })
    // Another process may have adopted the file since this one has looked at it.
    .onConflict((conflict) => conflict.doNothing())
    .execute()
