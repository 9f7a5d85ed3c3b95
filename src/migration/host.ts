import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import { writeAdmitted, type Effect } from '../db/admitted-write.js'
import { underSchema, write, type Database } from '../db/database.js'
import { conflict, Problem } from '../kernel/problem.js'
import { putOnRecord, unasked, type Asked } from './audit-log.js'
import { watchEventLoopDelay } from './event-loop-delay.js'
import type { JobKind, JobOptions } from './job.js'
import {
  beat,
  findUnfinishedJob,
  getJob,
  handOver,
  insertJob,
  interruptJob,
  isLeaseAlive,
  isUnfinished,
  takeLease,
  type Job,
  type Requested,
} from './jobs.repository.js'
import { requestOfJob } from './job-requests.js'
import { removeDrafts } from './backup/backup-folders.js'
import { getDatabaseId, getState } from './state.js'
import { removeScratchCopies } from './scratch-copy.js'
import { defaultSettings, type JobSettings } from './settings.js'
import type { JournalTables } from './tables.js'
import type { WorkerInput } from './worker.js'

const HEARTBEAT_MS = 1_000
/** A lease that was not renewed for so long belongs to a process that is gone. */
export const STALE_MS = 5_000
const POLL_MS = 25
const LOOK_FOR_ORPHANS_MS = 2_000
/** A validation's long queries cannot be interrupted: after this the worker is ended, to be resumed. */
const STOP_MS = 3_000
/** The writer's default, put back when no worker checkpoints any more. */
const WAL_AUTOCHECKPOINT_PAGES = 1_000

/** Makes a job in one transaction and gives its id, or that of the job which the same request made before. */
export type MakeJob = (effect: Effect<JournalTables, string>) => Promise<string>

/** How something was asked for. */
export interface AskedHow {
  make?: MakeJob
  asked?: Asked
}

export interface JobHost {
  /** @throws Problem `migration-running`, and what the kind refuses */
  start(kind: JobKind, options: JobOptions, how?: AskedHow): Promise<Job>
  /** The job once it has ended, or as it is after `ms`. */
  wait(id: string, ms: number): Promise<Job>
  /** What the runner, in whichever process it is, does after the chunk at hand: see job-requests.ts. */
  request(id: string, requested: Requested | null, how?: AskedHow): Promise<Job>
  /** Ends every wait now: a client that waits for a long job must not keep the server from closing. The job stops meanwhile. */
  stopWaiting(): void
  close(): Promise<void>
}

const migrationRunning = ({ id, job }: Job) =>
  conflict('migration-running', `A ${job} job is running. One job runs at a time.`, {
    links: { running: `/admin/migrations/${id}` },
  })

const serverStopping = () =>
  new Problem(
    'server-stopping',
    'The server has been told to stop. Start the job once it is there again.',
    {},
    { 'retry-after': '5' },
  )

/**
 * Runs jobs in a worker thread of this process, one at a time over all processes on the file, and takes
 * over those whose process is gone.
 *
 * @param jobsModule URL of the module with the job kinds, for the worker
 */
export function createJobHost(
  db: Database<JournalTables>,
  jobsModule: string,
  log: FastifyBaseLogger,
  readSettings: () => JobSettings = () => defaultSettings(db.path),
): JobHost {
  const owner = randomUUID()
  let worker: Worker | undefined
  let isClosing = false

  const launch = (jobId: string, fence: number) => {
    const delay = watchEventLoopDelay()
    const input: WorkerInput = {
      path: db.path,
      jobId,
      owner: { id: owner, fence },
      waiting: db.waiting.memory,
      eventLoopDelay: delay.memory,
      walIsLong: db.walIsLong.memory,
      settings: readSettings(),
      jobsModule,
    }
    const running = new Worker(new URL('./worker.js', import.meta.url), { workerData: input })
    worker = running
    const heart = setInterval(() => {
      write(db, (trx) => beat(trx, owner, fence)).catch((error: unknown) =>
        log.warn({ err: error }, 'no heartbeat'),
      )
    }, HEARTBEAT_MS)
    void setAutoCheckpoint(db, 0)
    running.on('error', (error) => log.error({ err: error, jobId }, 'the worker of a migration job failed'))
    running.on('exit', () => {
      clearInterval(heart)
      delay.stop()
      // The next job's worker may have begun before this one's thread was gone.
      if (worker !== running) return
      worker = undefined
      db.walIsLong.set(false)
      if (!isClosing) void setAutoCheckpoint(db, WAL_AUTOCHECKPOINT_PAGES)
    })
  }

  const begin = async (
    kind: JobKind,
    options: JobOptions,
    { make = (effect) => writeAdmitted(db, effect), asked = unasked }: AskedHow,
  ): Promise<Job> => {
    if (isClosing) throw serverStopping()
    const taken: { fence?: number } = {}
    const id = await make({
      async admit(trx) {
        const running = await findUnfinishedJob(trx)
        if (running !== undefined) throw migrationRunning(running)
        const state = await getState(trx)
        kind.admit(options, state)
        await kind.examine?.(options, underSchema<unknown, JournalTables>(trx), state, readSettings())
      },
      async act(trx) {
        taken.fence = await takeLease(trx, owner)
        const jobId = await insertJob(trx, { job: kind.name, options })
        await putOnRecord(trx, { action: 'job-started', jobId, job: kind.name, options, asked })
        return jobId
      },
    })
    if (taken.fence !== undefined) launch(id, taken.fence)
    return getJob(db.reader, id)
  }
  // One after the other: of a hundred at once only the first has to wait for the database's lock.
  let lastStart: Promise<unknown> = Promise.resolve()

  /** A job without a living runner goes on here, after its last chunk. */
  const adopt = async () => {
    if (worker !== undefined || isClosing) return
    if ((await findUnfinishedJob(db.reader)) === undefined || (await isLeaseAlive(db.reader, STALE_MS)))
      return
    const taken = await write(db, async (trx) => {
      // It may have ended while this waited for the lock.
      const orphan = await findUnfinishedJob(trx)
      if (orphan === undefined || (await isLeaseAlive(trx, STALE_MS))) return undefined
      await interruptJob(trx, orphan)
      return { orphan, fence: await takeLease(trx, owner) }
    })
    if (taken === undefined) return
    const { orphan, fence } = taken
    removeScratchCopies(db.path)
    await removeLeftDrafts(db, readSettings(), fence)
    log.warn({ jobId: orphan.id, job: orphan.job }, 'a job was interrupted; it goes on here')
    launch(orphan.id, fence)
  }
  let adopting = Promise.resolve()
  const lookForOrphan = () => {
    adopting = adopt().catch((error: unknown) => log.error({ err: error }, 'could not take over a job'))
  }
  const lookForOrphans = setInterval(lookForOrphan, LOOK_FOR_ORPHANS_MS)
  lookForOrphan()

  /** For a worker that is deep in a long query: it may not write any more, and the next one need not wait. */
  const abandon = async (running: Worker) => {
    await write(db, (trx) => handOver(trx, owner)).catch((error: unknown) =>
      log.error(
        { err: error },
        'could not hand over the job: another process takes it once its lease is stale',
      ),
    )
    await running.terminate()
  }

  const stop = async () => {
    isClosing = true
    clearInterval(lookForOrphans)
    // What is being started or taken over has its worker only afterwards.
    await Promise.all([adopting, lastStart])
    const running = worker
    if (running === undefined) return
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.postMessage('stop')
    const timer = setTimeout(() => void abandon(running), STOP_MS)
    await ended
    clearTimeout(timer)
  }
  let stopped: Promise<void> | undefined

  return {
    start(kind, options, how = {}) {
      const started = lastStart.then(() => begin(kind, options, how))
      lastStart = started.catch(() => undefined)
      return started
    },
    async wait(id, ms) {
      const until = performance.now() + ms
      let job = await getJob(db.reader, id)
      while (isUnfinished(job) && performance.now() < until && !isClosing) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        job = await getJob(db.reader, id)
      }
      return job
    },
    async request(
      id,
      requested,
      { make = (effect) => writeAdmitted(db, effect), asked = unasked }: AskedHow = {},
    ) {
      await make({
        async act(trx) {
          await requestOfJob(trx, id, { requested, asked })
          return id
        },
      })
      return getJob(db.reader, id)
    },
    stopWaiting() {
      stopped ??= stop()
    },
    close: () => (stopped ??= stop()),
  }
}

/** Backups that a killed process has left half made. */
async function removeLeftDrafts(
  db: Database<JournalTables>,
  { backups }: JobSettings,
  fence: number,
): Promise<void> {
  removeDrafts(backups.dir, { databaseId: await getDatabaseId(db.reader), fence })
}

/** While a worker runs it checkpoints between its chunks; a commit of the server then never does. */
async function setAutoCheckpoint(db: Database<JournalTables>, pages: number): Promise<void> {
  await sql.raw(`pragma wal_autocheckpoint = ${pages}`).execute(db.writer)
}
