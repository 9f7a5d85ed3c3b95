import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { openReaderHandle, type Handle } from '../../db/database.js'
import { invalidInput, type InputError } from '../../kernel/problem.js'
import { backup } from '../../migration/backup/backup-job.js'
import { findBackup, folderOf } from '../../migration/backup/backup-folders.js'
import { DATABASE } from '../../migration/backup/manifest.js'
import { backupUnusable } from '../../migration/backup/usable-backup.js'
import type { Phase } from '../../migration/job.js'
import { restore, verifyBackup, type RestoredData } from '../../migration/restore/restore.js'
import { JobFailure } from '../../migration/run.js'
import type { JobSettings } from '../../migration/settings.js'
import { getDatabaseId, holdsV2, readState, type MigrationState } from '../../migration/state.js'
import type { JournalTables } from '../../migration/tables.js'
import type { RestoreOptions } from './options.js'
import { schemaFilesFor } from './schema-files.js'
import { driftOfSync } from './sync/objects.js'
import { sharedNames, v1OnlyTables } from './v1-only-tables.js'
import { validate } from './validate/validate.js'

/** @throws Problem `invalid-input` where nobody has looked at which backup it is */
export function requireConfirmed({ backupId, dryRun, confirm }: RestoreOptions): void {
  if (dryRun || confirm === backupId) return
  throw invalidInput([
    {
      path: '/options/confirm',
      message: `must be "${backupId}", as what was written since that backup is undone: ask with "dryRun": true first, which says what`,
    },
  ])
}

/** Refuses a backup that is none of this database, and tables that cannot be restored from it. */
export async function requireRestorable(
  db: Kysely<unknown>,
  { backupId, tables = [] }: RestoreOptions,
  { backups: { dir } }: JobSettings,
): Promise<void> {
  const found = findBackup(dir, await getDatabaseId(db as Kysely<JournalTables>), backupId)
  if (found === undefined)
    throw invalidInput([
      { path: '/options/backupId', message: 'there is no such backup: GET /admin/backups lists them' },
    ])
  if (found.manifest === null) throw backupUnusable(backupId, found.problem)
  if (tables.length === 0) return
  const own = await readColumns(db)
  const backed = readBackedColumns(join(folderOf(dir, backupId), DATABASE))
  const errors = [
    ...tables.flatMap((table, n) => whyNot(table, n, { own, backed })),
    ...ofBothVersions(tables),
  ]
  if (errors.length > 0) throw invalidInput(errors)
}

/** The names of the columns of each table, in one text. */
type Columns = ReadonlyMap<string, string>

const COLUMNS = `SELECT t.name AS name, json_group_array(c.name) AS columns
  FROM (SELECT name FROM sqlite_master WHERE type = 'table') t, pragma_table_info(t.name) c GROUP BY t.name`

interface ColumnsRow {
  name: string
  columns: string
}

const asColumns = (rows: readonly ColumnsRow[]): Columns =>
  new Map(rows.map(({ name, columns }) => [name, (JSON.parse(columns) as string[]).sort().join()]))

async function readColumns(db: Kysely<unknown>): Promise<Columns> {
  const { rows } = await sql<ColumnsRow>`${sql.raw(COLUMNS)}`.execute(db)
  return asColumns(rows)
}

function readBackedColumns(path: string): Columns {
  const db = openReaderHandle(path)
  try {
    return asColumns(db.prepare(COLUMNS).all() as ColumnsRow[])
  } finally {
    db.close()
  }
}

function whyNot(table: string, n: number, { own, backed }: { own: Columns; backed: Columns }): InputError[] {
  const known = [...own.keys()].filter(isRestorable)
  const message = !known.includes(table)
    ? `is none of the tables that can be restored alone: ${known.sort().join(', ')}`
    : !backed.has(table)
      ? 'is not in the backup'
      : backed.get(table) === own.get(table)
        ? undefined
        : 'has other columns in the backup: leave "tables" out to restore everything'
  return message === undefined ? [] : [{ path: `/options/tables/${n}`, message }]
}

const isOfV2 = (table: string) => table.startsWith('v2_')
const isOfV1 = (table: string) => v1OnlyTables.includes(table)
const isRestorable = (table: string) => isOfV1(table) || isOfV2(table) || sharedNames.includes(table)

/** One schema follows the other: both cannot be told at once. */
const ofBothVersions = (tables: readonly string[]): InputError[] =>
  tables.some(isOfV1) && tables.some(isOfV2)
    ? [
        {
          path: '/options/tables',
          message: 'has tables of v1 and of v2: name those of one version, the other follows',
        },
      ]
    : []

const holdsBoth = (state: Pick<MigrationState, 'stage'>) => holdsV2(state) && state.stage !== 'contracted'

const data: RestoredData = {
  filesFor: schemaFilesFor,
  scopeOf(db, tables) {
    const names = db.prepare(`SELECT name FROM main.sqlite_master WHERE type = 'table'`).pluck().all()
    const isInScope = tables.some(isOfV2) || readState(db).stage === 'contracted' ? isOfV2 : isOfV1
    return (names as string[]).filter((name) => isInScope(name) || sharedNames.includes(name))
  },
  requireSync(db) {
    if (!holdsBoth(readState(db)) || driftOfSync(db).length === 0) return
    throw new JobFailure({
      code: 'sync-broken',
      detail:
        'Nothing was restored: the sync is not whole, so that one schema would not follow the other. Run repair first.',
    })
  },
  undone(db, { ids, placesIn }) {
    if (!hasHistory(db, 'main')) return []
    const isNew = hasHistory(db, 'backup')
      ? 'NOT EXISTS (SELECT 1 FROM backup.change_history b WHERE b.id = h.id AND b.at = h.at AND b.subjectId = h.subjectId)'
      : '1'
    const places = placesIn?.('change_history')
    const isMeant = [
      ids === undefined ? '1' : `h.subjectId IN (${ids})`,
      // The id is the place: that of a row which is the same in the backup need not be looked up.
      places === undefined ? '1' : `h.id IN (${places})`,
    ].join(' AND ')
    return db
      .prepare(
        `SELECT subject, count(*) AS changes FROM main.change_history h WHERE ${isNew} AND ${isMeant} GROUP BY subject ORDER BY subject`,
      )
      .all() as ReturnType<RestoredData['undone']>
  },
}

const hasHistory = (db: Handle, schema: 'main' | 'backup') =>
  db.prepare(`SELECT 1 FROM ${schema}.sqlite_master WHERE name = 'change_history'`).get() !== undefined

/** The backup may be of before v2, or of after v1: then there is nothing to compare. */
const validateBoth: Phase = {
  name: 'validate',
  async run(run) {
    if (holdsBoth(readState(run.db))) await validate({}).run(run)
  },
}

export const restorePhases = ({ backupId, tables }: RestoreOptions): Phase[] => [
  verifyBackup(backupId),
  backup(),
  restore({ backupId, ...(tables === undefined ? {} : { tables }) }, data),
  validateBoth,
]
