import type { Handle } from '../../db/database.js'

const MOST_PAGES = 50_000
/** Kept, so that what is let go again lies below memory in use: else malloc would give it back at once. */
const PAGES_ON_TOP = 100

/**
 * Has the operating system give the memory that a large transaction needs for the pages that it changes, and for
 * what they were before: to be given it page by page takes as long as the writing itself, while all wait.
 *
 * As pages of a database in memory, which SQLite takes and lets go in the size in which it takes them again.
 */
export function touchMemory(db: Handle): void {
  const pageSize = db.pragma('main.page_size', { simple: true }) as number
  const pages = db.pragma('main.page_count', { simple: true }) as number
  db.exec(`ATTACH ':memory:' AS spare; PRAGMA spare.page_size = ${pageSize};
    CREATE TABLE spare.pages AS ${emptyPages(Math.min(2 * pages, MOST_PAGES), pageSize)};
    DROP TABLE IF EXISTS temp.memory_on_top;
    CREATE TEMP TABLE memory_on_top AS ${emptyPages(PAGES_ON_TOP, pageSize)};
    DETACH spare`)
}

/** SELECT of rows, each of which takes about a page. */
const emptyPages = (pages: number, pageSize: number) =>
  `WITH RECURSIVE page(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM page WHERE n < ${pages})
    SELECT zeroblob(${pageSize - 100}) AS empty FROM page`
