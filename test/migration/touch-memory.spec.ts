import BetterSqlite3 from 'better-sqlite3'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.js'

const PAGES = 20_000

/** Changes every page of the file in one transaction, and says how many pages of memory it had to be given meanwhile. */
const program = `
  import Database from 'better-sqlite3'
  import { touchMemory } from ${JSON.stringify(new URL('../../src/migration/restore/touch-memory.js', import.meta.url).href)}
  const db = new Database(process.argv[1])
  db.pragma('temp_store = MEMORY')
  db.pragma('cache_size = -262144')
  if (process.argv[2] === 'touched') touchMemory(db)
  const faults = () => process.resourceUsage().minorPageFault
  const before = faults()
  db.exec('UPDATE filled SET value = zeroblob(3901)')
  console.log(faults() - before)`

t.test('memory that was touched need not be given while others wait', async (t) => {
  const path = join(temporaryFolder(t), 'pages.db')
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.exec(`CREATE TABLE filled (value);
    WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ${PAGES})
    INSERT INTO filled SELECT zeroblob(3900) FROM row`)
  db.close()
  const given = (...args: string[]) =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', program, path, ...args], {
        encoding: 'utf8',
      }),
    )
  const [untouched, touched] = [given(), given('touched')]
  t.ok(untouched >= PAGES, `${untouched} pages`)
  t.ok(touched < untouched / 2, `${touched} of ${untouched} pages`)
})
