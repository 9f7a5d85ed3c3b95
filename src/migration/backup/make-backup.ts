import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { isWriteRefused, openReaderHandle, type Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import { instantText } from '../../http/wire.js'
import { finishJob } from '../journal.js'
import { applicationVersion } from '../application-version.js'
import { JobFailure, type Run } from '../run.js'
import { readDatabaseId, readState } from '../state.js'
import { draftName, folderOf, removeDrafts, type Maker } from './backup-folders.js'
import { createFileWriter, isOutOfSpace, sumOf, sync, writeDurably, type FileSum } from './durable-files.js'
import { DATABASE, FORMAT, MANIFEST, readManifest, SCHEMA, type Manifest } from './manifest.js'
import { createRowHash } from './row-hash.js'
import { readSchemaObjects } from './schema-objects.js'
import { headerOf, linesOf, readTables, type BackedTable } from './table-lines.js'

const LINE_END = Buffer.from('\r\n')
const ROWS_BETWEEN_RESTS = 5_000

/** More files for a backup, made of the copy. `add` writes one under its name below the backup's folder. */
export type AddFiles = (copy: Handle, add: AddFile) => void
export type AddFile = (file: string, parts: Iterable<Buffer | string>) => void

/**
 * A consistent copy of the database that the run works on, under the id of its job: the file, every table as
 * CSV, the schema, and a manifest. It has its name only once it is whole and on the disk, so that a killed
 * process leaves no half one; a job that has made it already is given it as it is.
 *
 * @throws JobFailure `disk-short`, `backup-damaged`
 */
export async function makeBackup(run: Run, addFiles?: AddFiles): Promise<Manifest> {
  const { dir } = run.settings.backups
  const folder = folderOf(dir, run.job.id)
  if (existsSync(folder)) return readManifest(folder)
  mkdirSync(dir, { recursive: true })
  const maker = makerOf(run)
  removeDrafts(dir, maker)
  requireRoom(dir, neededBytes(run.db))
  const draft = join(dir, draftName(maker, run.job.id))
  try {
    const manifest = await fill(draft, run, addFiles)
    // A runner that has been replaced meanwhile leaves this to the other one.
    run.requireLease()
    renameSync(draft, folder)
    sync(dir)
    return manifest
  } catch (error) {
    throw isOutOfSpace(error) ? outOfSpace(dir) : error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

export const makerOf = ({ db, fence }: Run): Maker => ({ databaseId: readDatabaseId(db), fence })

const outOfSpace = (dir: string) =>
  new JobFailure({
    code: 'disk-full',
    detail: `There is no space left in ${dir} for the backup. Make room there, or set BACKUP_DIR, then start the job again.`,
  })

/** The copy, and its rows again as text, which takes no more room than they do in the file. */
export const NEEDED_BYTES = `SELECT 2 * (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`

export const neededBytes = (db: Handle): number => db.prepare(NEEDED_BYTES).pluck().get() as number

/** Where the directory is, or will be. */
export function freeBytes(dir: string): number {
  if (!existsSync(dir)) return freeBytes(dirname(dir))
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize
}

/** @throws JobFailure `disk-short` with the figures */
export function requireRoom(dir: string, needed: number, free = freeBytes(dir)): void {
  if (free >= needed) return
  throw new JobFailure({
    code: 'disk-short',
    detail: `A backup needs about ${needed} bytes in ${dir}, of which ${free} are free. Make room there, or set BACKUP_DIR.`,
  })
}

async function fill(draft: string, run: Run, addFiles: AddFiles | undefined): Promise<Manifest> {
  mkdirSync(join(draft, 'csv'), { recursive: true })
  const database = join(draft, DATABASE)
  vacuumInto(run.db, database)
  endJobIn(database, run.job.id)
  sync(database)
  await run.rest()
  const copy = openReaderHandle(database)
  try {
    const files = new Map<string, FileSum>([[DATABASE, await sumOf(database, () => run.rest())]])
    const add = (file: string, parts: Iterable<Buffer | string>) => {
      mkdirSync(dirname(join(draft, file)), { recursive: true })
      files.set(file, writeDurably(join(draft, file), parts))
    }
    requireSound(copy)
    add(SCHEMA, [schemaOf(copy)])
    const tables = await writeTables(draft, copy, run, files)
    addFiles?.(copy, add)
    const manifest = describe(run, copy, tables, files)
    add(MANIFEST, [`${JSON.stringify(manifest, null, 2)}\n`])
    for (const folder of new Set([...files.keys()].map((file) => dirname(join(draft, file))))) sync(folder)
    return manifest
  } finally {
    copy.close()
  }
}

/** SQLite writes to nothing else meanwhile, so that it is this file which it has no room for. */
function vacuumInto(db: Handle, path: string): void {
  try {
    db.prepare('VACUUM INTO ?').run(path)
  } catch (error) {
    throw isWriteRefused(error) ? outOfSpace(dirname(dirname(path))) : error
  }
}

/** In the copy the job that makes it is at work: a file that is put back must not go on with it by itself. */
function endJobIn(path: string, jobId: string): void {
  const copy = new BetterSqlite3(path)
  try {
    copy.prepare('UPDATE migration_lease SET owner = NULL').run()
    finishJob(copy, jobId, {
      state: 'cancelled',
      report: null,
      error: { code: 'restored', detail: 'The database is a backup, which this job was making.' },
    })
  } finally {
    copy.close()
  }
}

/** A copy that is no database is no backup, whatever is in it. */
function requireSound(copy: Handle): void {
  const said = copy.prepare('PRAGMA integrity_check').pluck().all() as string[]
  if (said.length === 1 && said[0] === 'ok') return
  throw new JobFailure({
    code: 'backup-damaged',
    detail: `The copy of the database is damaged, and most likely the database is, too: ${said.slice(0, 3).join('; ')}`,
  })
}

/** What makes the same tables, indexes, views and triggers in an empty database. */
export const schemaOf = (db: Handle): string =>
  readSchemaObjects(db)
    .map(({ sql }) => `${sql};\n`)
    .join('')

async function writeTables(
  draft: string,
  copy: Handle,
  run: Run,
  files: Map<string, FileSum>,
): Promise<Manifest['tables']> {
  const tables = readTables(copy)
  const counts = tables.map(({ name }) => countRows(copy, name))
  const total = counts.reduce((sum, rows) => sum + rows, 0)
  let done = 0
  const rest = async (rows: number) => {
    run.progress(done + rows, total)
    await run.rest()
  }
  const written: Manifest['tables'] = []
  for (const [index, table] of tables.entries()) {
    const file = csvName(table)
    const { rows, rowHash, sum } = await writeTable(join(draft, file), copy, table, rest)
    requireCount(table, rows, counts[index])
    files.set(file, sum)
    written.push({ table: table.name, rows, rowHash, file })
    done += rows
    await rest(0)
  }
  return written
}

/** Whatever characters the name has: none of a path. */
const csvName = ({ name }: BackedTable) => `csv/${encodeURIComponent(name).replaceAll('.', '%2E')}.csv`

const countRows = (db: Handle, name: string) =>
  db
    .prepare(`SELECT count(*) FROM ${identifier(name)}`)
    .pluck()
    .get() as number

/** SQLite counts by an index, and rows are read from the table: both must agree. */
export function requireCount(
  { name }: Pick<BackedTable, 'name'>,
  rows: number,
  counted: number | undefined,
): void {
  if (rows === counted) return
  throw new JobFailure({
    code: 'backup-damaged',
    detail: `The table ${name} has ${counted ?? 0} rows by count, and ${rows} were read.`,
  })
}

async function writeTable(
  path: string,
  copy: Handle,
  table: BackedTable,
  rest: (rows: number) => Promise<void>,
): Promise<{ rows: number; rowHash: string; sum: FileSum }> {
  const writer = createFileWriter(path)
  const hash = createRowHash()
  try {
    writer.write(headerOf(table))
    writer.write(LINE_END)
    for (const line of linesOf(copy, table)) {
      hash.add(line)
      writer.write(line)
      writer.write(LINE_END)
      if (hash.rows % ROWS_BETWEEN_RESTS === 0) await rest(hash.rows)
    }
  } catch (error) {
    writer.abandon()
    throw error
  }
  return { rows: hash.rows, rowHash: hash.digest(), sum: writer.close() }
}

function describe(
  run: Run,
  copy: Handle,
  tables: Manifest['tables'],
  files: ReadonlyMap<string, FileSum>,
): Manifest {
  return {
    format: FORMAT,
    id: run.job.id,
    job: run.job.job,
    createdAt: instantText(run.now()),
    databaseId: readDatabaseId(copy),
    applicationVersion,
    stage: readState(copy).stage,
    schemaFiles: copy.prepare('SELECT name FROM schema_files ORDER BY name').pluck().all() as string[],
    bytes: [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    tables,
    files: [...files].map(([file, sum]) => ({ file, ...sum })),
  }
}
