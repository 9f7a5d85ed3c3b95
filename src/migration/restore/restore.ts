import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { asSqliteError, type Handle } from '../../db/database.js'
import { writerOn } from '../../db/write-context.js'
import { folderOf } from '../backup/backup-folders.js'
import { DATABASE, readManifest, type Manifest } from '../backup/manifest.js'
import { whyUnusable } from '../backup/usable-backup.js'
import type { Phase } from '../job.js'
import { readCursor, writeCursor } from '../journal.js'
import { onOwnConnection } from '../own-connection.js'
import type { Check, Issue, Restoration, RestoredTable } from '../report.js'
import { JobFailure, type Run } from '../run.js'
import { readState } from '../state.js'
import {
  checkReferencesKept,
  checkTables,
  countIn,
  danglingIn,
  heldFor,
  requireAllPassed,
} from '../table-checks.js'
import { hasCapture, removeCapture } from './capture.js'
import { createCompared } from './compared.js'
import { readBackedData, type BackedData } from './data-objects.js'
import { checkAsBackedUp, plannedIds, planNamed, writeNamed } from './named-tables.js'
import { readAhead } from './read-ahead.js'
import { danglingAmong } from './references.js'
import { touchMemory } from './touch-memory.js'
import { restoreWhole, type FilesFor } from './whole.js'

/** What the engine is told of the data. `backup` is attached under that name where a handle is given. */
export interface RestoredData {
  filesFor: FilesFor
  /** The tables of which rows may come along, or go, when the named ones are restored. */
  scopeOf(db: Handle, tables: readonly string[]): readonly string[]
  /** Throws where what is written to one schema would not reach the other. */
  requireSync(db: Handle): void
  /** The changes that were made since the backup and would be undone. */
  undone(db: Handle, among: UndoneAmong): Restoration['undone']
}

interface UndoneAmong {
  /** SELECT of the ids of the rows in question; not given: all. */
  ids?: string
  /** SELECT of the places of those rows of a table that differ; undefined where they may be any. */
  placesIn?: (table: string) => string | undefined
}

/** All of the backup is read before anything is begun: it must be what was made. */
export const verifyBackup = (id: string): Phase => ({
  name: 'assess',
  async run(run) {
    if (isDone(run)) return
    const wrong = await whyUnusable(run, id)
    if (wrong.length > 0)
      throw new JobFailure({
        code: 'backup-damaged',
        detail: `The backup ${id} cannot be restored: ${wrong.join('; ')}. Nothing was restored: name another one.`,
      })
  },
})

/** A job that goes on after a crash may have done it already. */
const isDone = (run: Run) => readCursor(run.db, run.job.id, 'restore') !== undefined

interface RestoreWhat {
  backupId: string
  /** Not given: all of the data. */
  tables?: readonly string[]
}

/**
 * Puts a backup in the place of the data, or of named tables, in one transaction on the live file: whoever has
 * it open sees what was before, or what is after it. All of the data is compared before that, while others
 * write; under the lock only what they have written meanwhile is looked at again.
 */
export const restore = (what: RestoreWhat, data: RestoredData): Phase => ({
  name: 'restore',
  async run(run) {
    if (isDone(run)) return
    const folder = folderOf(run.settings.backups.dir, what.backupId)
    const backup: Backup = { path: join(folder, DATABASE), manifest: readManifest(folder) }
    const write =
      what.tables === undefined ? wholeWriter(run, backup, data) : namedWriter(run, what.tables, data)
    const stage = readState(run.db).stage
    await run.rest()
    const { result, heldMs } = await onOwnConnection(
      run,
      {
        foreignKeys: write.foreignKeys,
        async before(db) {
          db.prepare('ATTACH ? AS backup').run(backup.path)
          for (const path of [run.path, backup.path]) await readAhead(path, () => run.rest())
          await write.before?.(db)
        },
      },
      async (trx, db) => {
        const written = await write.act(trx, db)
        requireAllPassed(written.checks, 'Nothing was restored.')
        const rowsWritten = written.tables.reduce(
          (sum, { deleted, inserted, updated }) => sum + deleted + inserted + updated,
          0,
        )
        writeCursor(db, run.job.id, 'restore', { lastId: '', rowsRead: 0, rowsWritten, isDone: true })
        return { ...written, rowsWritten, after: readState(db).stage }
      },
    ).catch(asConflict)
    const { checks, issues, tables, undone, rowsWritten, after } = result
    run.findings.checks.push(...checks, heldFor('restore', heldMs))
    run.findings.issues.push(...issues)
    run.findings.rowsWritten += rowsWritten
    run.findings.restoration = {
      backupId: what.backupId,
      backedUpAt: backup.manifest.createdAt,
      bytes: backup.manifest.bytes,
      stage: { before: stage, after },
      tables,
      undone,
      heldMs,
    }
  },
  async undo(run) {
    if (hasCapture(run.db)) run.transaction(() => removeCapture(run.db))
  },
})

interface Backup {
  path: string
  manifest: Manifest
}

interface Written {
  tables: RestoredTable[]
  checks: Check[]
  issues: Issue[]
  undone: Restoration['undone']
}

interface Writer {
  foreignKeys: 'ON' | 'OFF'
  /** Before the lock is taken. */
  before?(db: Handle): Promise<void>
  act(trx: Transaction<unknown>, db: Handle): Promise<Written>
}

/** Without foreign keys: with them, to drop a table, or to delete a row for a moment, is to delete all that refers to it. */
function wholeWriter(run: Run, { path, manifest }: Backup, data: RestoredData): Writer {
  const backed: BackedData = readBackedData(path)
  const compared = createCompared(run, backed)
  const expected = Object.fromEntries(manifest.tables.map(({ table, rows }) => [table, rows]))
  return {
    foreignKeys: 'OFF',
    async before(db) {
      await compared.begin(db)
      touchMemory(db)
    },
    async act(trx, db) {
      const found = compared.end(db, expected)
      const undone = data.undone(db, { placesIn: found.placesIn })
      const { tables, written, rows } = await restoreWhole(trx, db, {
        backed,
        compare: found.table,
        rows: found.rows,
        filesFor: data.filesFor,
      })
      const checks = [
        checkTables({
          id: 'rows-as-backed-up',
          group: 'restore',
          title: 'Every table has the rows that the manifest counts',
          expected,
          actual: rows,
          holds: (actual, counted) => actual === counted,
        }),
        checkReferencesKept(
          'restore',
          danglingAmong(db, 'backup', written),
          danglingAmong(db, 'main', written),
        ),
      ]
      return { tables, checks, issues: [], undone }
    },
  }
}

/** With foreign keys and triggers, as a request writes: what belongs together stays together, in both schemas. */
function namedWriter(run: Run, tables: readonly string[], data: RestoredData): Writer {
  const before = countIn(run.db, data.scopeOf(run.db, tables), danglingIn)
  return {
    foreignKeys: 'ON',
    async act(_, db) {
      data.requireSync(db)
      const plan = planNamed(db, { tables, scope: data.scopeOf(db, tables) })
      const undone = data.undone(db, { ids: plannedIds })
      writerOn(db, { actor: null, requestId: run.job.id, origin: 'migration' })(() => writeNamed(db, plan))
      const scope = plan.members.map(({ name }) => name)
      const checks = [
        checkAsBackedUp(db, plan.asked),
        checkReferencesKept('restore', before, countIn(db, scope, danglingIn)),
      ]
      return { tables: plan.restored, checks, issues: plan.issues, undone }
    },
  }
}

/** A row that was written since has what one of the backup is to have. */
function asConflict(error: unknown): never {
  const { code, message } = asSqliteError(error) ?? {}
  if (code?.startsWith('SQLITE_CONSTRAINT') !== true) throw error
  throw new JobFailure({
    code: 'restore-conflict',
    detail: `Nothing was restored: what was written since the backup stands against it (${String(message)}). Name that table, too, or restore without "tables".`,
  })
}
