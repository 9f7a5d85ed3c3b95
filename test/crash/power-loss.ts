import BetterSqlite3 from 'better-sqlite3'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import type { Random } from '../../src/v1/generate/random.js'
import { cursorProblems, isMidBackfill } from './copied-rows.js'
import { keepDiary, readDiary } from './diary.js'
import { fileProblems, hasTable } from './file-health.js'
import { operatorAt } from './operator.js'
import { startLife } from './server-life.js'
import { stopped } from './stand-still.js'
import { takeSnapshot, type Snapshot } from './wal-copy.js'

const SNAPSHOTS = 5

export interface Taken extends Snapshot {
  /** What the client knew to be written. */
  acknowledged: number
}

/** A server in the midst of a backfill, under load, that stands still again and again to be copied. */
export async function takeSnapshots(
  t: Test,
  { path, rows, random }: { path: string; rows: readonly [string, string]; random: Random },
): Promise<Taken[]> {
  const life = startLife(path, { signalAt: 'SIGSTOP backfill: rests #4' })
  t.teardown(() => life.signal('SIGKILL'))
  const address = await life.address
  const diary = keepDiary(address, rows)
  await sleep(100)
  await operatorAt(address).start('migrate', { backup: false, chunkMs: 1 })
  const taken: Taken[] = []
  for (let n = 0; n < SNAPSHOTS; n++) {
    if (n > 0) life.signal('SIGSTOP')
    await stopped(life)
    const acknowledged = diary.acknowledged()
    taken.push({ ...takeSnapshot(path), acknowledged })
    life.signal('SIGCONT')
    await sleep(10 + random() * 50)
  }
  await diary.stop()
  life.signal('SIGKILL')
  await life.ended
  return taken.filter(({ safe, end }) => end > safe)
}

/** A file as a power loss has left it, opened for the first time since. */
export interface Left {
  path: string
  title: string
  problems: string[]
  diary: number
  jobId: string | undefined
  isMidBackfill: boolean
}

export function look(path: string, title: string, rows: readonly [string, string]): Left {
  // What SQLite recovers is what this handle, the first since, finds.
  const db = new BetterSqlite3(path)
  try {
    const diary = readDiary(db, rows)
    const jobId = db.prepare('SELECT max(id) FROM migration_jobs').pluck().get() as string | null
    const isExpanded = jobId !== null && hasTable(db, 'v2_tasks')
    return {
      path,
      title,
      diary: diary ?? -1,
      jobId: jobId ?? undefined,
      isMidBackfill: isExpanded && isMidBackfill(db, jobId),
      problems: [
        ...fileProblems(path),
        ...(diary === undefined ? ['the diary is of no moment'] : []),
        ...(isExpanded ? cursorProblems(db, jobId) : []),
      ],
    }
  } finally {
    db.close()
  }
}

/** The rows of the diary. */
export function twoInstances(path: string): [string, string] {
  const db = openReaderHandle(path)
  const [one = '', two = ''] = db
    .prepare('SELECT id FROM supplier_task_instances ORDER BY id DESC LIMIT 2')
    .pluck()
    .all() as string[]
  db.close()
  return [one, two]
}
