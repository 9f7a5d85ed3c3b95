import { performance } from 'node:perf_hooks'
import { readCursor, writeCursor, type Cursor } from '../../migration/journal.js'
import type { Phase } from '../../migration/job.js'
import type { Run } from '../../migration/run.js'
import { copyMissing } from './copy-statements.js'
import { recordLeftBehind } from './left-behind.js'
import { isTraced, traceChunk } from './lineage.js'
import { keyTuple, viewName, type RowMapping } from './mapping/row-mapping.js'
import type { MigrateOptions } from './options.js'
import { closeLeak, underGuard } from './sync/guard.js'
import { mappingFor } from './v1-shape.js'

const FIRST_CHUNK_ROWS = 100
/** Rows of v2 that are made of many rows of v1 each. */
const FIRST_CHUNK_SCOPES = 1
const MOST_CHUNK_ROWS = 20_000
/**
 * With nobody else writing so many chunks are one transaction: it writes each page of an index once, and
 * with rows in random order many chunks touch hardly more pages than one.
 */
const CHUNKS_PER_TURN = 12

/**
 * Copies what v1 holds, in chunks that hold the lock for about `chunkMs`. Cursor and counters are
 * written with the chunk's rows, so that a chunk is done wholly or not at all, and never twice.
 */
export const backfill = ({ chunkMs }: Pick<MigrateOptions, 'chunkMs'>): Phase => ({
  name: 'backfill',
  async run(run) {
    const mappings = mappingFor(run.db)
    const progress = createProgress(run, mappings)
    for (const mapping of mappings) await copyAll(run, mapping, chunkMs, progress)
    await recordLeftBehind(run)
  },
})

type Progress = (rows: number) => void

function createProgress(run: Run, mappings: readonly RowMapping[]): Progress {
  const total = mappings
    .filter(({ walks }) => walks !== undefined)
    .reduce((sum, { source }) => sum + countRows(run, source), 0)
  let done = 0
  run.progress(done, total)
  return (rows) => {
    done += rows
    // v1 goes on growing meanwhile.
    run.progress(done, Math.max(done, total))
  }
}

const countRows = (run: Run, table: string) =>
  run.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number

async function copyAll(run: Run, mapping: RowMapping, chunkMs: number, progress: Progress): Promise<void> {
  const before = readCursor(run.db, run.job.id, mapping.name) ?? start
  progress(mapping.walks === undefined ? 0 : before.rowsRead)
  const { rowsRead, rowsWritten } = before.isDone
    ? before
    : await copyOn(run, mapping, before, chunkMs, progress)
  run.findings.rowsRead += rowsRead
  run.findings.rowsWritten += rowsWritten
}

async function copyOn(
  run: Run,
  mapping: RowMapping,
  before: Cursor,
  chunkMs: number,
  progress: Progress,
): Promise<Cursor> {
  const timed =
    mapping.walks === undefined
      ? createTimedStep(copyMissingScopes(run, mapping), FIRST_CHUNK_SCOPES, chunkMs)
      : createTimedStep(copyWalk(run, mapping, mapping.walks, before), FIRST_CHUNK_ROWS, chunkMs)
  let cursor = before
  while (!cursor.isDone) {
    const { rowsRead } = cursor
    run.transaction(() => {
      closeLeak(run.db)
      underGuard(run.db, () => {
        do cursor = timed(cursor)
        while (!cursor.isDone && run.mayGoOn(CHUNKS_PER_TURN * chunkMs))
      })
    })
    if (mapping.walks !== undefined) progress(cursor.rowsRead - rowsRead)
    await run.rest()
  }
  return cursor
}

type Step = (cursor: Cursor, rows: number) => Cursor

/** A chunk of as many rows as take about `chunkMs`, by the time that the chunks before it took. */
function createTimedStep(step: Step, first: number, chunkMs: number): (cursor: Cursor) => Cursor {
  let rows = first
  return (cursor) => {
    const startedAt = performance.now()
    const next = step(cursor, Math.round(rows))
    rows = steered(rows, performance.now() - startedAt, chunkMs)
    return next
  }
}

const start: Cursor = { lastId: '', rowsRead: 0, rowsWritten: 0, isDone: false }

/** Half way to the size that would have taken `chunkMs`: one slow chunk must not decide alone. */
function steered(rows: number, heldMs: number, chunkMs: number): number {
  const fitting = (rows * chunkMs) / Math.max(heldMs, 0.1)
  return Math.min(MOST_CHUNK_ROWS, Math.max(1, (rows + Math.min(fitting, rows * 4)) / 2))
}

/** Writes the cursor down with the chunk that it stands after. */
function saved(run: Run, mapping: RowMapping, cursor: Cursor): Cursor {
  writeCursor(run.db, run.job.id, mapping.name, cursor)
  return cursor
}

/** Where there is nothing to copy: what copies is not compiled, which takes longer than the rest of a small file. */
const nothingToCopy =
  (run: Run, mapping: RowMapping): Step =>
  (cursor) =>
    saved(run, mapping, { ...cursor, isDone: true })

/** Copies at most so many rows after the cursor, and gives the cursor after them. */
function copyWalk(run: Run, mapping: RowMapping, walked: string, before: Cursor): Step {
  const walk = run.db.prepare(
    `SELECT max(id) AS lastId, count(*) AS rows FROM (SELECT id FROM ${walked} WHERE id > ? ORDER BY id LIMIT ?)`,
  )
  const read = (cursor: Cursor, rows: number) =>
    walk.get(cursor.lastId, rows) as { lastId: string | null; rows: number }
  if (read(before, 1).lastId === null) return nothingToCopy(run, mapping)
  const copy = run.db.prepare(copyMissing(mapping, 'u.id > ? AND u.id <= ?'))
  const trace = isTraced(mapping) ? run.db.prepare(traceChunk(mapping)) : undefined
  return (cursor, rows) => {
    const next = read(cursor, rows)
    if (next.lastId === null) return saved(run, mapping, { ...cursor, isDone: true })
    const { changes } = copy.run(cursor.lastId, next.lastId)
    trace?.run(cursor.lastId, next.lastId)
    return saved(run, mapping, {
      lastId: next.lastId,
      rowsRead: cursor.rowsRead + next.rows,
      rowsWritten: cursor.rowsWritten + changes,
      isDone: next.rows < rows,
    })
  }
}

/**
 * The same where many rows of v1 make one of v2, in no order of ids: what v2 lacks is looked for without
 * the lock, as that takes seconds in a large file. What is written meanwhile, the triggers carry.
 */
function copyMissingScopes(run: Run, mapping: RowMapping): Step {
  const scopes = findMissingScopes(run, mapping)
  if (scopes === 0) return nothingToCopy(run, mapping)
  const ofScope = mapping.scope.keys.reduce(
    (sql, key, n) =>
      sql.replaceAll(
        new RegExp(`\\bNEW\\.${key}\\b`, 'g'),
        `(SELECT key${n} FROM missing_scopes WHERE scope = @scope)`,
      ),
    mapping.scope.mapped,
  )
  const copy = run.db.prepare(copyMissing(mapping, ofScope))
  let scope = 0
  return (cursor, rows) => {
    let { rowsWritten } = cursor
    for (const last = Math.min(scopes, scope + rows); scope < last;)
      rowsWritten += copy.run({ scope: ++scope }).changes
    return saved(run, mapping, { ...cursor, rowsWritten, isDone: scope === scopes })
  }
}

/**
 * Notes them, numbered from 1 on, and tells how many they are. The table is made once a connection: SQLite
 * compiles every statement anew after a change of what is temporary.
 */
function findMissingScopes({ db }: Run, mapping: RowMapping): number {
  const { keys, mappedKeys = keys } = mapping.scope
  const noted = keys.map((_, n) => `key${n}`).join(', ')
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS missing_scopes (scope INTEGER PRIMARY KEY, key0, key1);
    DELETE FROM missing_scopes`)
  return db
    .prepare(
      `INSERT INTO temp.missing_scopes (${noted}) SELECT DISTINCT ${mappedKeys.map((key) => `u.${key}`).join(', ')}
      FROM ${viewName(mapping)} u
      WHERE NOT EXISTS (SELECT 1 FROM ${mapping.target} t WHERE ${keyTuple(mapping, 't')} = ${keyTuple(mapping, 'u')})`,
    )
    .run().changes
}
