import { performance } from 'node:perf_hooks'
import { readCursor, writeCursor, type Cursor } from '../../migration/journal.js'
import type { Phase } from '../../migration/job.js'
import type { Run } from '../../migration/run.js'
import { copyMissing } from './copy-statements.js'
import { recordLeftBehind } from './left-behind.js'
import { isTraced, traceChunk } from './lineage.js'
import type { RowMapping } from './mapping/row-mapping.js'
import type { MigrateOptions } from './options.js'
import { closeLeak, underGuard } from './sync/guard.js'
import { mappingFor } from './v1-shape.js'

const FIRST_CHUNK_ROWS = 100
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
  const step = copyStep(run, mapping)
  let cursor = readCursor(run.db, run.job.id, mapping.name) ?? start
  progress(mapping.walks === undefined ? 0 : cursor.rowsRead)
  const timed = createTimedStep(step, chunkMs)
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
  run.findings.rowsRead += cursor.rowsRead
  run.findings.rowsWritten += cursor.rowsWritten
}

type Step = (cursor: Cursor, rows: number) => Cursor

/** A chunk of as many rows as take about `chunkMs`, by the time that the chunks before it took. */
function createTimedStep(step: Step, chunkMs: number): (cursor: Cursor) => Cursor {
  let rows = FIRST_CHUNK_ROWS
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

/** Copies at most so many rows after the cursor, and gives the cursor after them. */
function copyStep(run: Run, mapping: RowMapping): Step {
  const save = (cursor: Cursor) => {
    writeCursor(run.db, run.job.id, mapping.name, cursor)
    return cursor
  }
  if (mapping.walks === undefined) {
    const copy = run.db.prepare(copyMissing(mapping, '1'))
    return (cursor) => save({ ...cursor, rowsWritten: copy.run().changes, isDone: true })
  }
  const walk = run.db.prepare(
    `SELECT max(id) AS lastId, count(*) AS rows FROM (SELECT id FROM ${mapping.walks} WHERE id > ? ORDER BY id LIMIT ?)`,
  )
  const copy = run.db.prepare(copyMissing(mapping, 'u.id > ? AND u.id <= ?'))
  const trace = isTraced(mapping) ? run.db.prepare(traceChunk(mapping)) : undefined
  return (cursor, rows) => {
    const next = walk.get(cursor.lastId, rows) as { lastId: string | null; rows: number }
    if (next.lastId === null) return save({ ...cursor, isDone: true })
    const { changes } = copy.run(cursor.lastId, next.lastId)
    trace?.run(cursor.lastId, next.lastId)
    return save({
      lastId: next.lastId,
      rowsRead: cursor.rowsRead + next.rows,
      rowsWritten: cursor.rowsWritten + changes,
      isDone: next.rows < rows,
    })
  }
}
