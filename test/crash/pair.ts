import { join } from 'node:path'
import type { Test } from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import { activeFile } from './active-file.js'
import { temporaryFolder } from '../helper.js'
import { checkLife } from './check-life.js'
import { dealHands } from './hands.js'
import { endStates, operatorAt, type Operator } from './operator.js'
import { startLife, type Fate, type Life } from './server-life.js'
import { readThings } from './things.js'
import { startLoad } from './write-load.js'
import { createWriteLog, type WriteLog } from './write-log.js'

export interface Server {
  life: Life
  operator: Operator
}

export interface Pair {
  path: string
  runner: Server
  other: Server
  /** Clients of the other one. */
  log: WriteLog
  endLoad: () => Promise<string[]>
}

/** Two servers on one file; the first is told what becomes of it, and clients write through the second. */
export async function pair(t: Test, fate: Fate): Promise<Pair> {
  const path = join(temporaryFolder(t), 'app.db')
  activeFile({ path, instances: 2_000, seed: 5 })
  const [runner, other] = await Promise.all([serve(t, path, fate), serve(t, path)])
  const db = openReaderHandle(path)
  const log = createWriteLog(readThings(db, 'v1'))
  const load = startLoad({ address: other.operator.address, isCutOver: false }, dealHands(db, 1), log)
  db.close()
  const endLoad = async () => {
    await load.stop()
    return load.problems
  }
  t.teardown(endLoad)
  return { path, runner, other, log, endLoad }
}

async function serve(t: Test, path: string, fate: Fate = {}): Promise<Server> {
  const life = startLife(path, fate)
  t.teardown(() => {
    life.signal('SIGKILL')
    return life.ended
  })
  return { life, operator: operatorAt(await life.address) }
}

/** The job, its events and its lease, as they stand in the file. */
export function journalOf(path: string, id: string) {
  const db = openReaderHandle(path)
  const read = {
    job: db.prepare('SELECT * FROM migration_jobs WHERE id = ?').get(id),
    ends: db.prepare(`SELECT data FROM migration_events WHERE jobId = ? AND type = 'end'`).all(id),
    events: db.prepare('SELECT max(id) FROM migration_events').pluck().get(),
    cursors: db.prepare('SELECT * FROM migration_cursors').all(),
    state: db.prepare('SELECT * FROM migration_state').get(),
    lease: db.prepare('SELECT owner, fence FROM migration_lease').get(),
  }
  db.close()
  return read
}

export const migrate = (operator: Operator) => operator.start('migrate', { chunkMs: 1 })

export async function endsWell(t: Test, { path, other, log, endLoad }: Pair, id: string): Promise<void> {
  const { state, report, error } = await other.operator.until(id, endStates)
  t.match({ state, error, failed: report?.summary.failed }, { state: 'succeeded', error: null, failed: 0 })
  t.same(await endLoad(), [])
  t.same(await checkLife(other.operator, path, log, log.things()), [])
  t.ok(log.counts.acknowledged > 50, `${log.counts.acknowledged} writes were acknowledged`)
  t.equal(journalOf(path, id).ends.length, 1)
}
