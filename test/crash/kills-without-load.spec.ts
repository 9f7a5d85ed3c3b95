import { createHash } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import type { Report } from '../../src/migration/report.js'
import { activeFile } from './active-file.js'
import { temporaryFolder } from '../helper.js'
import { contentsOf } from '../to-v2/migrated.js'
import { chapters } from './chapters.js'
import type { Death } from './death.js'
import { tellStory } from './story.js'
import { createTally } from './tally.js'
import { effort } from './effort.js'

/** All that a migration has made and counted, and nothing that depends on when it ran. */
function fingerprint(path: string) {
  const db = openReaderHandle(path)
  const tables = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'v2_%' ORDER BY name`)
    .pluck()
    .all() as string[]
  const { report } = db.prepare('SELECT report FROM migration_jobs ORDER BY id LIMIT 1').get() as {
    report: string
  }
  const { summary, tables: counted } = JSON.parse(report) as Report
  const found = {
    contents: tables.map((table) => ({ table, ...summaryOf(contentsOf(db, table)) })),
    cursors: db
      .prepare('SELECT step, lastId, rowsRead, rowsWritten, isDone FROM migration_cursors ORDER BY step')
      .all(),
    progress: db.prepare('SELECT rowsDone, rowsTotal FROM migration_jobs ORDER BY id LIMIT 1').get(),
    summary: { rowsRead: summary.rowsRead, rowsWritten: summary.rowsWritten },
    counted,
  }
  db.close()
  return found
}

/** Chunks of other sizes put the same rows in another order. */
const summaryOf = (rows: unknown[]) => ({
  rows: rows.length,
  hash: createHash('sha256')
    .update(
      rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join(),
    )
    .digest('hex'),
})

const deaths: Death[] = [
  { at: 'backfill: in a transaction', nth: 1 },
  { at: 'backfill: after a transaction', nth: 2 },
  { at: 'backfill: after a transaction', nth: 3 },
  { at: 'backfill: in a transaction', nth: 4 },
  { at: 'backfill: after a transaction', nth: 5 },
  { at: 'backfill: rests', nth: 6 },
  { at: 'backfill: ends', nth: 1 },
  { at: 'end: in a transaction', nth: 1 },
]

t.test('a migration that is killed between and within its chunks', { timeout: effort.limitMs }, async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'undisturbed.db')
  activeFile({ path, instances: 2_000, seed: 8 })
  const killed = join(folder, 'killed.db')
  copyFileSync(path, killed)
  const tell = (path: string, deaths: Death[]) =>
    tellStory({
      path,
      chapters: [{ ...chapters.migration, deaths }],
      clerks: 0,
      random: () => 0.5,
      tally: createTally(),
    })
  const [undisturbed, disturbed] = await Promise.all([tell(path, []), tell(killed, deaths)])

  t.test('leaves and counts what an undisturbed one does: no chunk is done twice', async (t) => {
    t.same([...undisturbed.problems, ...disturbed.problems], [])
    const expected = fingerprint(path)
    t.strictSame(fingerprint(killed), expected)
    t.ok(expected.contents.length >= 5 && expected.summary.rowsWritten > 2_000)
  })
})
