import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import { write, type Database } from '../db/database.js'
import { conflict, notFound } from '../kernel/problem.js'
import type { JobKind, JobOptions } from './job.js'
import {
  beat,
  findJob,
  findUnfinishedJob,
  insertJob,
  isLeaseAlive,
  isUnfinished,
  requestOf,
  takeLease,
  type Job,
} from './jobs.repository.js'
import { getState } from './state.js'
import { removeScratchCopies } from './scratch-copy.js'
import type { JournalTables } from './tables.js'
import type { WorkerInput } from './worker.js'

const HEARTBEAT_MS = 1_000
/** A lease that was not renewed for so long belongs to a process that is gone. */
const STALE_MS = 5_000
const POLL_MS = 25
const LOOK_FOR_ORPHANS_MS = 2_000
/** A validation's long queries cannot be interrupted: after this the worker is ended, to be resumed. */
const STOP_MS = 3_000
/** The writer's default, put back when no worker checkpoints any more. */
const WAL_AUTOCHECKPOINT_PAGES = 1_000

export interface JobHost {
  /** @throws Problem `migration-running`, and what the kind refuses */
  start(kind: JobKind, options: JobOptions): Promise<Job>
  /** The job once it has ended, or as it is after `ms`. */
  wait(id: string, ms: number): Promise<Job>
  request(id: string, requested: 'pause' | 'cancel' | null): Promise<Job>
  /** Ends every wait now: a client that waits for a long job must not keep the server from closing. */
  stopWaiting(): void
  close(): Promise<void>
}

const migrationRunning = ({ id, job }: Job) =>
  conflict('migration-running', `A ${job} job is running. One job runs at a time.`, {
    links: { running: `/admin/migrations/${id}` },
  })

const alreadyEnded = ({ id, state }: Job) =>
  conflict('job-ended', `The job ${id} has ended: it is ${state}, and stays so.`)

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
): JobHost {
  const owner = randomUUID()
  let worker: Worker | undefined
  let isClosing = false

  const getJob = async (id: string): Promise<Job> => {
    const job = await findJob(db.reader, id)
    if (job === undefined) throw notFound('migration job', id)
    return job
  }

  const launch = (jobId: string, fence: number) => {
    const input: WorkerInput = {
      path: db.path,
      jobId,
      owner: { id: owner, fence },
      waiting: db.waiting.memory,
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
      // The next job's worker may have begun before this one's thread was gone.
      if (worker !== running) return
      worker = undefined
      if (!isClosing) void setAutoCheckpoint(db, WAL_AUTOCHECKPOINT_PAGES)
    })
  }

  /** A job without a living runner goes on here, after its last chunk. */
  const adopt = async () => {
    if (worker !== undefined || isClosing) return
    const job = await findUnfinishedJob(db.reader)
    if (job === undefined || (await isLeaseAlive(db.reader, STALE_MS))) return
    const fence = await write(db, async (trx) => {
      if (await isLeaseAlive(trx, STALE_MS)) return undefined
      const taken = await takeLease(trx, owner)
      await trx.updateTable('migration_jobs').set({ state: 'interrupted' }).where('id', '=', job.id).execute()
      return taken
    })
    if (fence === undefined) return
    removeScratchCopies(db.path)
    log.warn({ jobId: job.id, job: job.job }, 'a job was interrupted; it goes on here')
    launch(job.id, fence)
  }
  const lookForOrphans = setInterval(() => {
    adopt().catch((error: unknown) => log.error({ err: error }, 'could not take over a job'))
  }, LOOK_FOR_ORPHANS_MS)
  void adopt().catch((error: unknown) => log.error({ err: error }, 'could not take over a job'))

  return {
    async start(kind, options) {
      const { id, fence } = await write(db, async (trx) => {
        const running = await findUnfinishedJob(trx)
        if (running !== undefined) throw migrationRunning(running)
        kind.admit(options, await getState(trx))
        return { id: await insertJob(trx, { job: kind.name, options }), fence: await takeLease(trx, owner) }
      })
      launch(id, fence)
      return getJob(id)
    },
    async wait(id, ms) {
      const until = performance.now() + ms
      let job = await getJob(id)
      while (isUnfinished(job) && performance.now() < until && !isClosing) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        job = await getJob(id)
      }
      return job
    },
    async request(id, requested) {
      await write(db, async (trx) => {
        const job = await findJob(trx, id)
        if (job === undefined) throw notFound('migration job', id)
        if (!isUnfinished(job)) throw alreadyEnded(job)
        await requestOf(trx, id, requested)
      })
      return getJob(id)
    },
    stopWaiting() {
      isClosing = true
    },
    async close() {
      isClosing = true
      clearInterval(lookForOrphans)
      const running = worker
      if (running === undefined) return
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
      running.postMessage('stop')
      const timer = setTimeout(() => void running.terminate(), STOP_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

/** While a worker runs it checkpoints between its chunks; a commit of the server then never does. */
async function setAutoCheckpoint(db: Database<JournalTables>, pages: number): Promise<void> {
  await sql.raw(`pragma wal_autocheckpoint = ${pages}`).execute(db.writer)
}
