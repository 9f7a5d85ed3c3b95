import BetterSqlite3, { type Database } from 'better-sqlite3'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createStatements } from '../../../migrations/v1-tables.js'
import { conflict } from '../../kernel/problem.js'
import { addRows } from './add-rows.js'
import { addDirt, type DirtMade, type DirtPlan } from './dirt/add-dirt.js'
import { fileTables, type FileShape } from './file-tables.js'
import { seededIds, seededRandom } from './random.js'
import { rowWriter } from './row-writer.js'

export interface GenerateV1Options extends FileShape {
  path: string
  /** Supplier task instances; in a file of the older generation, task instances. */
  instances: number
  seed: number
  journalMode?: 'delete' | 'wal'
  /** Rows that do not fit, besides the valid ones. */
  dirt?: DirtPlan
  /** Told what was made of it. */
  onDirt?: (made: DirtMade[]) => void
  onProgress?: (progress: GenerateProgress) => void
}

/** `rows` counts instances, `indexes` indexes. */
export interface GenerateProgress {
  phase: 'rows' | 'indexes'
  done: number
  total: number
}

/** What a small file for trying things out is made of. */
export const generateDefaults = { instances: 2000, seed: 1 } as const

/**
 * Makes a v1 database file as Prisma would have, and gives the number of rows in each table.
 *
 * The same seed, size and shape give the same rows. A file of the active generation also has some
 * history in its legacy tables. Until it is whole, the file is called `<path>.partial`.
 *
 * @throws Problem `file-exists`
 */
export function generateV1(options: GenerateV1Options): Record<string, number> {
  refuseExisting(options.path)
  mkdirSync(dirname(options.path), { recursive: true })
  const partial = `${options.path}.partial`
  rmSync(partial, { force: true })
  const db = new BetterSqlite3(partial)
  try {
    const counts = fill(db, options)
    db.pragma(`journal_mode = ${options.journalMode ?? 'delete'}`)
    db.close()
    renameSync(partial, options.path)
    return counts
  } finally {
    db.close()
    rmSync(partial, { force: true })
  }
}

/** SQLite would take a journal left behind by another database for the new file's own. */
function refuseExisting(path: string): void {
  const found = ['', '-wal', '-journal'].map((suffix) => path + suffix).find((file) => existsSync(file))
  if (found === undefined) return
  throw conflict('file-exists', `${found} exists. Name another file, or remove it first.`)
}

// Nothing here has to outlive a crash: the file gets its name at the end.
const fastPragmas = ['journal_mode = off', 'synchronous = off', 'foreign_keys = off', 'cache_size = -65536']

function fill(db: Database, options: GenerateV1Options): Record<string, number> {
  const { generation = 'active', prismaMigrations = false, instances, seed } = options
  for (const pragma of fastPragmas) db.pragma(pragma)
  const tables = fileTables(options)
  const statements = tables.map(createStatements)
  for (const [createTable = ''] of statements) db.exec(createTable)
  const counted = generation === 'legacy' ? 'task_instances' : 'supplier_task_instances'
  const writer = rowWriter(db, tables, (counts) =>
    options.onProgress?.({ phase: 'rows', done: counts[counted] ?? 0, total: instances }),
  )
  const random = seededRandom(seed)
  const maker = { random, newId: seededIds(random), ...writer }
  addRows(maker, { instances, generation, prismaMigrations })
  if (options.dirt !== undefined) {
    const made = addDirt(maker, options.dirt, { tables, instances })
    options.onDirt?.(made)
  }
  writer.finish()
  const indexes = statements.flatMap(([, ...rest]) => rest)
  createIndexes(db, indexes, options.onProgress)
  return writer.counts
}

function createIndexes(
  db: Database,
  statements: readonly string[],
  onProgress: GenerateV1Options['onProgress'],
): void {
  const total = statements.length
  onProgress?.({ phase: 'indexes', done: 0, total })
  statements.forEach((statement, index) => {
    db.exec(statement)
    onProgress?.({ phase: 'indexes', done: index + 1, total })
  })
}
