import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import type { Report } from '../../src/migration/report.js'
import { generateDefaults, generateV1 } from '../../src/v1/generate/generate-v1.js'
import { checkFailed, type Outcome } from '../terminal.js'
import { inFolder } from './folder.js'
import { answer, runJob, type DoneJob } from './job.js'
import { startProbedServer } from './probed-server.js'
import { rtoOutcome } from './rto-report.js'
import type { WriterInput, Writing } from './rto-writer.js'

export const rtoDefaults = { instances: 1_000_000, changes: 5_000 }
export type RtoOptions = typeof rtoDefaults

/** Everything that was measured of one restore. */
export interface Restored {
  options: RtoOptions
  done: DoneJob
  /** From the request that asked for it until the restored data is read, and a write accepted. */
  servingAfterMs: number
  restoration: NonNullable<Report['restoration']>
  writing: Writing
}

/** A restore of all the data of a migrated database, some of whose rows were changed since, under writes. */
export const rto = (options: RtoOptions): Promise<Outcome> =>
  inFolder(async (folder) => {
    const path = join(folder, 'rto.db')
    say(`making a v1 database with ${options.instances} supplier task instances`)
    generateV1({ ...generateDefaults, path, instances: options.instances })
    const server = await startProbedServer(path)
    try {
      say('migrating it')
      await runJob(server.address, path, { job: 'migrate', options: { backup: false } })
      say('backing it up')
      const { job } = await runJob(server.address, path, { job: 'backup' })
      const instance = change(path, options.changes)
      say('restoring it')
      return rtoOutcome(await restore(server.address, path, { options, backupId: job.id, instance }))
    } finally {
      await server.stop()
    }
  })

async function restore(
  address: string,
  path: string,
  { options, backupId, instance }: { options: RtoOptions; backupId: string; instance: string },
): Promise<Restored> {
  const writer = startWriter({ address, instance })
  try {
    const done = await runJob(address, path, { job: 'restore', options: { backupId, confirm: backupId } })
    await requireServing(address, instance)
    const servingAfterMs = Date.now() - done.from
    const writing = await writer.end()
    const { restoration } = await answer<Report>(address, `/admin/migrations/${done.job.id}/report`)
    if (restoration === null) throw checkFailed('The report does not say what was restored.')
    return { options, done, servingAfterMs, restoration, writing }
  } finally {
    await writer.stop()
  }
}

/** A third of the rows each is changed, deleted, and made anew under another id. @returns one that stays */
function change(path: string, rows: number): string {
  const db = new BetterSqlite3(path, { timeout: 60_000 })
  db.pragma('foreign_keys = ON')
  const third = Math.ceil(rows / 3)
  const columns = db.prepare(`SELECT name FROM pragma_table_info('supplier_task_instances')`).pluck().all()
  const others = (columns as string[]).filter((name) => name !== 'id').join(', ')
  try {
    db.exec(`BEGIN IMMEDIATE;
      CREATE TEMP TABLE chosen AS SELECT *, row_number() OVER () AS n FROM supplier_task_instances
        WHERE rowid % max(1, (SELECT count(*) FROM supplier_task_instances) / ${2 * third}) = 0 LIMIT ${2 * third};
      UPDATE supplier_task_instances SET notes = 'written since the backup' WHERE id IN (SELECT id FROM chosen WHERE n % 2 = 0);
      DELETE FROM supplier_task_instances WHERE id IN (SELECT id FROM chosen WHERE n % 2 = 1);
      INSERT INTO supplier_task_instances (id, ${others}) SELECT 'since-' || n, ${others} FROM chosen WHERE n % 2 = 1;
      COMMIT`)
    return db.prepare('SELECT id FROM chosen WHERE n = 2').pluck().get() as string
  } finally {
    db.close()
  }
}

async function requireServing(address: string, instance: string): Promise<void> {
  const path = `/v1/supplier-task-instances/${instance}`
  await answer(address, path)
  const headers = { 'content-type': 'application/json' }
  await answer(address, path, { method: 'PATCH', headers, body: JSON.stringify({ notes: 'restored' }) })
}

/** A thread of its own, so that measuring does not hold up what is measured. */
function startWriter(input: WriterInput) {
  const worker = new Worker(new URL('./rto-writer.js', import.meta.url), { workerData: input })
  return {
    async end() {
      worker.postMessage('end')
      const [writing] = (await once(worker, 'message')) as [Writing]
      return writing
    },
    stop: () => worker.terminate(),
  }
}

const say = (text: string) => void process.stderr.write(`${text}\n`)
