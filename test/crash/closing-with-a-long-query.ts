import { sql } from 'kysely'
import { closeInTime } from '../../src/close-in-time.js'
import { openReaderPool } from '../../src/db/reader-pool.js'
import { silent } from '../helper.js'

/** A process whose thread is deep in a query for an hour. Usage: FILE MS */
const [, , path = '', ms = ''] = process.argv

const pool = openReaderPool({ path, threads: 1, limitMs: 3_600_000 })
closeInTime(Number(ms), silent, () => pool.destroy())
await sql`select 1`.execute(pool)
console.log('at work')
await sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1e11)
  select max(n) from numbers`.execute(pool)
